#include "CKernels.h"
#include "exponential.h"
#include "lanes.h"
#include "vectorised.h"

VECTORISED void enx_pack_columns(const float *x, size_t stride, size_t rows, size_t size, float *packed) {
  size_t padded = in_groups(rows);
  for (size_t first = 0; first < rows; first += width) {
    size_t count = rows - first < width ? rows - first : width;
    size_t column = 0;
    for (; column + width <= size; column += width) {
      lanes row[width];
      UNROLL for (size_t i = 0; i < width; i++)
        row[i] = i < count ? LOAD(x + (first + i) * stride + column) : ALL(0);
      TURN
      UNROLL for (size_t i = 0; i < width; i++) STORE(packed + (column + i) * padded + first, row[i]);
    }
    for (; column < size; column++)
      for (size_t i = 0; i < width; i++)
        packed[column * padded + first + i] = i < count ? x[(first + i) * stride + column] : 0;
  }
}

// SOME_ROWS(count, wide) for all rows: four at a time, then what is left, 32 columns (wide) or 16.
#define BY_FOUR_ROWS                                   \
  if (wide) {                                          \
    for (; row + 4 <= rows; row += 4) SOME_ROWS(4, 1); \
    if (rows - row == 3) SOME_ROWS(3, 1);              \
    if (rows - row == 2) SOME_ROWS(2, 1);              \
    if (rows - row == 1) SOME_ROWS(1, 1);              \
  } else {                                             \
    for (; row + 4 <= rows; row += 4) SOME_ROWS(4, 0); \
    for (; row < rows; row++) SOME_ROWS(1, 0);         \
  }

// Some rows of a by 32 (wide) or 16 columns of packed. Both counts are constants where it is inlined.
static inline __attribute__((always_inline)) void products(
    const float *a, size_t stride, const float *packed, size_t padded, size_t size, float scale,
    float *y, size_t y_stride, int rows, int wide) {
  lanes sums[4][2] = {{0}};
  for (size_t i = 0; i < size; i++) {
    const float *b = packed + i * padded;
    lanes b0 = LOAD(b), b1 = wide ? LOAD(b + width) : ALL(0);
    for (int r = 0; r < rows; r++) {
      lanes x = ALL(a[r * stride + i]);
      sums[r][0] += x * b0;
      if (wide) sums[r][1] += x * b1;
    }
  }
  for (int r = 0; r < rows; r++) {
    STORE(y + r * y_stride, sums[r][0] * scale);
    if (wide) STORE(y + r * y_stride + width, sums[r][1] * scale);
  }
}

VECTORISED void enx_row_products(const float *a, size_t stride, size_t rows, const float *packed,
                                 size_t columns, size_t size, float scale, float *y, size_t y_stride) {
#pragma clang fp contract(fast)
  size_t padded = in_groups(columns);
  for (size_t column = 0; column < padded;) {
    int wide = column + 2 * width <= padded;
    const float *b = packed + column;
    float *to = y + column;
    size_t row = 0;
#define SOME_ROWS(count, wide) \
  products(a + row * stride, stride, b, padded, size, scale, to + row * y_stride, y_stride, count, wide)
    BY_FOUR_ROWS
#undef SOME_ROWS
    column += wide ? 2 * width : width;
  }
}

// Some rows of y, 32 (wide) or 16 columns of each.
static inline __attribute__((always_inline)) void sums_of(
    const float *weights, size_t row_step, size_t step, const float *x, size_t stride, size_t count,
    const float *scales, size_t scale_step, int keeps, float *y, size_t y_stride, int rows, int wide) {
  lanes sums[4][2] = {{0}};
  for (size_t i = 0; i < count; i++) {
    lanes x0 = LOAD(x + i * stride), x1 = wide ? LOAD(x + i * stride + width) : ALL(0);
    for (int r = 0; r < rows; r++) {
      lanes w = ALL(weights[r * row_step + i * step]);
      sums[r][0] += w * x0;
      if (wide) sums[r][1] += w * x1;
    }
  }
  for (int r = 0; r < rows; r++) {
    float *to = y + r * y_stride, scale = scales[r * scale_step];
    STORE(to, keeps ? LOAD(to) + sums[r][0] * scale : sums[r][0] * scale);
    if (wide) STORE(to + width, keeps ? LOAD(to + width) + sums[r][1] * scale : sums[r][1] * scale);
  }
}

VECTORISED void enx_weighted_sums(const float *weights, size_t row_step, size_t step, size_t rows,
                                  const float *x, size_t stride, size_t count, size_t size,
                                  const float *scales, size_t scale_step, int keeps, float *y,
                                  size_t y_stride) {
#pragma clang fp contract(fast)
  size_t column = 0;
  while (column + width <= size) {
    int wide = column + 2 * width <= size;
    const float *from = x + column;
    float *to = y + column;
    size_t row = 0;
#define SOME_ROWS(number, wide)                                                                   \
  sums_of(weights + row * row_step, row_step, step, from, stride, count, scales + row * scale_step,        \
          scale_step, keeps, to + row * y_stride, y_stride, number, wide)
    BY_FOUR_ROWS
#undef SOME_ROWS
    column += wide ? 2 * width : width;
  }
  for (; column < size; column++)
    for (size_t row = 0; row < rows; row++) {
      float sum = 0;
      for (size_t i = 0; i < count; i++) sum += weights[row * row_step + i * step] * x[i * stride + column];
      float *to = y + row * y_stride + column, scale = scales[row * scale_step];
      *to = keeps ? *to + sum * scale : sum * scale;
    }
}

// In groups of 16, and there is no remainder to go through one by one.
#define GROUPS_OF_16 _Pragma("clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(1)")

// What fills up the last group of n numbers becomes −∞, and so 0 when it is exponentiated. In lanes, as a load of
// what was just stored one by one would wait.
static inline __attribute__((always_inline)) void close_group(float *row, size_t n) {
  const indices place = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  size_t whole = n / width * width;
  if (whole == n) return;
  lanes x = LOAD(row + whole);
  STORE(row + whole, place < (int32_t)(n - whole) ? x : ALL(-INFINITY));
}

// Pass after pass over all rows, since each row's own is a long chain of dependent steps.
VECTORISED void enx_exponentiate(float *block, size_t stride, size_t rows, size_t shared_count,
                                 size_t count, float *statistics) {
  REORDER_SUMS
  size_t shared = in_groups(shared_count), n = shared + in_groups(count);
  for (size_t r = 0; r < rows; r++) {
    float *row = block + r * stride;
    close_group(row, shared_count);
    close_group(row + shared, count);
    lanes most = ALL(-INFINITY);
    for (size_t i = 0; i < n; i += width) {
      lanes x = LOAD(row + i);
      most = most > x ? most : x;
    }
    FOLD(most, GREATER)
    statistics[2 * r] = most[0];
  }
  for (size_t r = 0; r < rows; r++) {
    float *row = block + r * stride;
    float greatest = statistics[2 * r], sum = 0;
    GROUPS_OF_16
    for (size_t i = 0; i < n; i++) {
      float e = exp_lane_below(row[i] - greatest);
      row[i] = e;
      sum += e;
    }
    statistics[2 * r + 1] = 1.0f / sum;
  }
}

VECTORISED void enx_softmax_backward(float *block, float *gradients, size_t stride, size_t rows,
                                     size_t shared_count, size_t count, const float *statistics) {
  REORDER_SUMS
  size_t shared = in_groups(shared_count), n = shared + in_groups(count);
  for (size_t r = 0; r < rows; r++) {
    float *p = block + r * stride, *dp = gradients + r * stride;
    float greatest = statistics[2 * r], inverse = statistics[2 * r + 1], inner = 0;
    close_group(p, shared_count);
    close_group(p + shared, count);
    GROUPS_OF_16
    for (size_t i = 0; i < n; i++) {
      p[i] = exp_lane_below(p[i] - greatest) * inverse;
      inner += p[i] * dp[i];
    }
    for (size_t i = 0; i < n; i += width) STORE(dp + i, LOAD(p + i) * (LOAD(dp + i) - inner));
  }
}
