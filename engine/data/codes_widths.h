/* codes_widths.h - loops over codes of one, two or four bytes, made for each width or pair of widths. For the sources of
 * such loops alone.
 *
 * A width is 0, 1 or 2 (bytes: 1 << width).
 */
#ifndef DKI_DATA_CODES_WIDTHS_H
#define DKI_DATA_CODES_WIDTHS_H

/* X(width, type) */
#define FOR_WIDTHS(X) X(0, uint8_t) X(1, uint16_t) X(2, uint32_t)
/* X(width, type, width of the other, its type) */
#define FOR_PAIRS(X)            \
    X(0, uint8_t, 0, uint8_t)   \
    X(0, uint8_t, 1, uint16_t)  \
    X(0, uint8_t, 2, uint32_t)  \
    X(1, uint16_t, 0, uint8_t)  \
    X(1, uint16_t, 1, uint16_t) \
    X(1, uint16_t, 2, uint32_t) X(2, uint32_t, 0, uint8_t) X(2, uint32_t, 1, uint16_t) X(2, uint32_t, 2, uint32_t)

/* Loops named by both widths, found by both. */
#define BOTH(name, width, other, ...)        \
    switch ((width)*3 + (other)) {           \
    case 0: name##_0_0(__VA_ARGS__); break;  \
    case 1: name##_0_1(__VA_ARGS__); break;  \
    case 2: name##_0_2(__VA_ARGS__); break;  \
    case 3: name##_1_0(__VA_ARGS__); break;  \
    case 4: name##_1_1(__VA_ARGS__); break;  \
    case 5: name##_1_2(__VA_ARGS__); break;  \
    case 6: name##_2_0(__VA_ARGS__); break;  \
    case 7: name##_2_1(__VA_ARGS__); break;  \
    default: name##_2_2(__VA_ARGS__); break; \
    }

#endif
