// What stands between two products, in one pass over a row: what came out of one, what happens to it, and what the
// next reads.
#include "CKernels.h"
#include "conversions.h"
#include "deviation.h"
#include "gelu.h"
#include "vectorised.h"

VECTORISED void enx_gelu_of_sums(const float *sums, const float *bias, float *before, float *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float x = sums[i] + bias[i];
    before[i] = x;
    y[i] = gelu_of(x);
  }
}

VECTORISED void enx_gelu_of_sums_to_bf16(const float *sums, const float *bias, float *before, uint16_t *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float x = sums[i] + bias[i];
    before[i] = x;
    y[i] = bf16_of(gelu_of_coarse(x));
  }
}

VECTORISED void enx_gelu_of_s32(const int32_t *sums, float scale, int32_t zero, const float *scales,
                                const float *totals, const float *bias, float *before, float *y, size_t n) {
  float origin = (float)zero;
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float x = number_of(sums[i], scale, origin, scales[i], totals[i], bias[i]);
    before[i] = x;
    y[i] = gelu_of_coarse(x);
  }
}

// The rest of a LayerNorm whose row has been summed.
static inline __attribute__((always_inline)) void normalise(float *y, float sum, const float *gain,
                                                            const float *bias, float epsilon, size_t n) {
  float mean = sum / (float)n, inverse = inverse_deviation(y, mean, epsilon, n);
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) y[i] = (y[i] - mean) * inverse * gain[i] + bias[i];
}

VECTORISED void enx_normalise_sums(const float *sums, const float *bias, const float *residual, const float *gain,
                                   const float *norm_bias, float epsilon, float *y, size_t n) {
  REORDER_SUMS
  float sum = 0;
  LANES_BY_FOUR
  for (size_t i = 0; i < n; i++) {
    float value = sums[i] + bias[i] + residual[i];
    y[i] = value;
    sum += value;
  }
  normalise(y, sum, gain, norm_bias, epsilon, n);
}

VECTORISED void enx_normalise_s32(const int32_t *sums, float scale, int32_t zero, const float *scales,
                                  const float *totals, const float *bias, const float *residual,
                                  const float *gain, const float *norm_bias, float epsilon, float *y, size_t n) {
  REORDER_SUMS
  float sum = 0, origin = (float)zero;
  LANES_BY_FOUR
  for (size_t i = 0; i < n; i++) {
    float value = number_of(sums[i], scale, origin, scales[i], totals[i], bias[i]) + residual[i];
    y[i] = value;
    sum += value;
  }
  normalise(y, sum, gain, norm_bias, epsilon, n);
}
