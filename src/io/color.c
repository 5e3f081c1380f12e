#include "io/color.h"

#include <math.h>
#include <string.h>

/* ---- sRGB and CIELAB, white D65 ---- */

static double channel(uint32_t color, unsigned shift)
{
    double value = (double)((color >> shift) & 0xff) / 255;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static uint32_t to_byte(double linear)
{
    double value =
        linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
    value = value < 0 ? 0 : value > 1 ? 1 : value;
    return (uint32_t)(value * 255 + 0.5);
}

static double luminance(uint32_t color)
{
    return 0.2126729 * channel(color, 16) + 0.7151522 * channel(color, 8) +
           0.0721750 * channel(color, 0);
}

static double lab_forward(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static double lab_back(double t)
{
    return t > 6.0 / 29 ? t * t * t : (116 * t - 16) * 27 / 24389;
}

static const double white_x = 0.95047, white_z = 1.08883;

struct lab color_lab(uint32_t color)
{
    double r = channel(color, 16), g = channel(color, 8), b = channel(color, 0);
    double x = lab_forward((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white_x);
    double y = lab_forward(luminance(color));
    double z = lab_forward((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / white_z);
    return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

uint32_t color_from_lab(struct lab lab)
{
    double fy = (lab.l + 16) / 116;
    double x = white_x * lab_back(fy + lab.a / 500), y = lab_back(fy);
    double z = white_z * lab_back(fy - lab.b / 200);
    uint32_t r = to_byte(3.2404542 * x - 1.5371385 * y - 0.4985314 * z);
    uint32_t g = to_byte(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z);
    uint32_t b = to_byte(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
    return r << 16 | g << 8 | b;
}

double color_distance(uint32_t x, uint32_t y)
{
    struct lab p = color_lab(x), q = color_lab(y);
    return sqrt((p.l - q.l) * (p.l - q.l) + (p.a - q.a) * (p.a - q.a) +
                (p.b - q.b) * (p.b - q.b));
}

double color_contrast(uint32_t x, uint32_t y)
{
    double p = luminance(x) + 0.05, q = luminance(y) + 0.05;
    return p > q ? p / q : q / p;
}

uint32_t color_blend(uint32_t from, uint32_t to, double share)
{
    struct lab p = color_lab(from), q = color_lab(to);
    return color_from_lab((struct lab){p.l + (q.l - p.l) * share, p.a + (q.a - p.a) * share,
                                       p.b + (q.b - p.b) * share});
}

uint32_t color_on(uint32_t background)
{
    return color_contrast(background, RGB_BLACK) > color_contrast(background, RGB_WHITE)
               ? RGB_BLACK
               : RGB_WHITE;
}

/* ---- the terminal's colours ---- */

/* xterm's; users change these. */
static const uint32_t sixteen[16] = {
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

uint32_t color_256(unsigned index)
{
    static const uint32_t level[6] = {0, 95, 135, 175, 215, 255};
    if (index < 16)
        return sixteen[index];
    if (index >= 232) {
        uint32_t grey = 8 + 10 * ((index < 256 ? index : 255) - 232);
        return grey << 16 | grey << 8 | grey;
    }
    index -= 16;
    return level[index / 36] << 16 | level[index / 6 % 6] << 8 | level[index % 6];
}

static unsigned nearest(uint32_t color, unsigned from, unsigned to)
{
    unsigned best = from;
    double least = INFINITY;
    for (unsigned i = from; i < to; i++) {
        double distance = color_distance(color, color_256(i));
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

unsigned color_nearest_256(uint32_t color)
{
    return nearest(color, 16, 256);
}

unsigned color_nearest_16(uint32_t color)
{
    return nearest(color, 0, 16);
}

/* ---- ramps ---- */

/* The full ramps are the published ones (van der Walt and Smith 2015; Nunez, Anderton and Renslow
 * 2018). The indices were searched for rising lightness and the largest least distance of
 * neighbours under simulated colour blindness (Machado, Oliveira and Fernandes 2009). */
static const uint32_t viridis[] = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c,
                                   0x28ae80, 0x5ec962, 0xaddc30, 0xfde725};
static const uint32_t cividis[] = {0x00204d, 0x414d6b, 0x7c7b78, 0xbcaf6f, 0xffea46};
static const uint32_t magma[] = {0x000004, 0x1d1147, 0x51127c, 0x822681, 0xb63679,
                                 0xe65164, 0xfb8861, 0xfec287, 0xfcfdbf};
static const unsigned char sequential_16[] = {4, 6, 7, 11};
static const unsigned char diverging_16[] = {4, 6, 255, 11, 1};

#define INDICES(...)                                                                       \
    (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__})
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define SEQUENTIAL_16 sequential_16, sizeof sequential_16
#define DIVERGING_16  diverging_16, sizeof diverging_16

static const struct palette palettes[] = {
    {"viridis", false, INDICES(17, 53, 24, 30, 36, 78, 155, 226), viridis, LENGTH(viridis),
     SEQUENTIAL_16},
    {"viridis6", false, INDICES(53, 61, 31, 36, 113, 220), viridis, LENGTH(viridis),
     SEQUENTIAL_16},
    {"cividis", false, INDICES(235, 25, 242, 244, 246, 144, 185, 227), cividis,
     LENGTH(cividis), SEQUENTIAL_16},
    {"cividis6", false, INDICES(235, 60, 243, 101, 143, 227), cividis, LENGTH(cividis),
     SEQUENTIAL_16},
    {"magma", false, INDICES(16, 17, 54, 89, 168, 209, 216, 229), magma, LENGTH(magma),
     SEQUENTIAL_16},
    {"grey", false, INDICES(232, 235, 238, 241, 244, 247, 250, 253, 255), NULL, 0,
     SEQUENTIAL_16},
    {"bluorange", true, INDICES(24, 32, 74, 117, 231, 215, 172, 130, 52), NULL, 0,
     DIVERGING_16},
    {"bluorange-dark", true, INDICES(117, 74, 32, 236, 130, 172, 215), NULL, 0,
     DIVERGING_16},
};

const struct palette *palette_at(size_t index)
{
    return index < LENGTH(palettes) ? &palettes[index] : NULL;
}

const struct palette *palette_find(const char *name)
{
    for (size_t i = 0; i < LENGTH(palettes); i++)
        if (strcmp(palettes[i].name, name) == 0)
            return &palettes[i];
    return NULL;
}

static uint32_t anchor(const struct palette *palette, size_t i)
{
    return palette->anchors ? palette->anchors[i] : color_256(palette->indices[i]);
}

uint32_t palette_color(const struct palette *palette, double share)
{
    size_t n = palette->anchors ? palette->n_anchors : palette->n;
    if (n < 2)
        return n ? anchor(palette, 0) : RGB_BLACK;
    double at = (share < 0 ? 0 : share > 1 ? 1 : share) * (double)(n - 1);
    size_t i = at >= (double)(n - 1) ? n - 2 : (size_t)at;
    return color_blend(anchor(palette, i), anchor(palette, i + 1), at - (double)i);
}

size_t palette_step(size_t n, double share)
{
    if (!(share > 0))
        return 0;
    size_t step = share >= 1 ? n : (size_t)(share * (double)n);
    return step < n ? step : n - 1;
}
