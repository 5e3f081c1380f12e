#include "near.h"
int main(void){return 0;}