// What LayerNorm divides by.
#pragma once

#include <stddef.h>

#include "vectorised.h"

static inline __attribute__((always_inline)) float inverse_deviation(const float *x, float mean, float epsilon,
                                                                     size_t n) {
  REORDER_SUMS
  float squares = 0;
  LANES_BY_FOUR
  for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
  return 1.0f / __builtin_elementwise_sqrt(squares / (float)n + epsilon);
}

static inline __attribute__((always_inline)) float mean_of(const float *x, size_t n) {
  REORDER_SUMS
  float sum = 0;
  LANES_BY_FOUR
  for (size_t i = 0; i < n; i++) sum += x[i];
  return sum / (float)n;
}
