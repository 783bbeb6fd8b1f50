/* api.h - version, and the marks that every public declaration carries. */
#ifndef DEKKING_API_H
#define DEKKING_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DK_VERSION_MAJOR 0
#define DK_VERSION_MINOR 1
#define DK_VERSION_PATCH 0
#define DK_VERSION "0.1.0"

#if defined(__GNUC__) || defined(__clang__)
#define DK_API __attribute__((visibility("default")))
#define DK_MUST_USE __attribute__((warn_unused_result))
#define DK_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define DK_API
#define DK_MUST_USE
#define DK_PRINTF(text, first)
#endif

#endif
