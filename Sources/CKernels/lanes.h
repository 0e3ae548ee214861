// Sixteen floats at a time: one register with AVX-512, two with AVX2, four without.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef float lanes __attribute__((ext_vector_type(16)));
typedef float lanes_anywhere __attribute__((ext_vector_type(16), aligned(4), may_alias));
typedef int32_t indices __attribute__((ext_vector_type(16)));
enum { width = 16 };
static inline size_t in_groups(size_t n) { return (n + width - 1) / width * width; }

// Macros, since a function that takes lanes would be called differently with and without AVX-512.
#define LOAD(place) ((lanes) * (const lanes_anywhere *)(place))
#define STORE(place, value) (*(lanes_anywhere *)(place) = (value))
#define ALL(value) ((lanes)(value))
#define UNROLL _Pragma("clang loop unroll(full)")

// Which lanes of two a shuffle takes: those 8, 4, 2 or 1 apart.
#define BY8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define BY8_HIGH 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define BY4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define BY4_HIGH 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define BY2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define BY2_HIGH 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define BY1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define BY1_HIGH 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

// The greater, or the lesser, of each two; of NaN and a number the number where that is the second.
#define GREATER(a, b) ((a) > (b) ? (a) : (b))
#define LESSER(a, b) ((a) < (b) ? (a) : (b))

// Folds lanes upon themselves until one is left, in lane 0.
#define FOLD(x, of)                                          \
  x = of(x, __builtin_shufflevector(x, x, BY8_HIGH));        \
  x = of(x, __builtin_shufflevector(x, x, BY4_HIGH));        \
  x = of(x, __builtin_shufflevector(x, x, BY2_HIGH));        \
  x = of(x, __builtin_shufflevector(x, x, BY1_HIGH));

// Exchanges what is `distance` apart between rows so far apart.
#define EXCHANGE(distance, low, high)                                       \
  UNROLL for (int i = 0; i < width; i++)                                    \
    if (!(i & distance)) {                                                  \
      lanes a = row[i], b = row[i + distance];                              \
      row[i] = __builtin_shufflevector(a, b, low);                          \
      row[i + distance] = __builtin_shufflevector(a, b, high);              \
    }

// The rows of `lanes row[width]` become its columns.
#define TURN                 \
  EXCHANGE(8, BY8, BY8_HIGH) \
  EXCHANGE(4, BY4, BY4_HIGH) \
  EXCHANGE(2, BY2, BY2_HIGH) \
  EXCHANGE(1, BY1, BY1_HIGH)
