// Products of tiles of bf16 (AMX), for attention. For Linux on x86-64; enx_tiles_run() tells whether the processor has them.
#pragma once

#include <immintrin.h>
#include <string.h>

#include "lanes.h"

// What every processor with AMX has.
#define TILED __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
#define INLINE static inline __attribute__((always_inline)) TILED

// A tile of bf16: 16 rows of 64 bytes, 32 numbers of the left side; of the right side 16 pairs of rows, 16 columns.
enum { depth = 32, tile = 16 * depth, block = 32, row_bytes = 64 };

static inline size_t in_depths(size_t n) { return (n + depth - 1) / depth * depth; }

// 32 numbers as bf16.
INLINE __m512 lowered(const float *x) {
  return (__m512)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + 16), _mm512_loadu_ps(x));
}

// Sixteen rows at a time become the columns of tiles: pairs of numbers, as if each were one, are turned.
INLINE void pack_keys(const float *keys, size_t stride, size_t count, size_t size, uint16_t *packed) {
  for (size_t first = 0; first < in_depths(count); first += 16)
    for (size_t i = 0; i < size; i += depth, packed += tile) {
      lanes row[width];
      UNROLL for (size_t r = 0; r < width; r++)
        row[r] = first + r < count ? (lanes)lowered(keys + (first + r) * stride + i) : ALL(0);
      TURN
      UNROLL for (size_t r = 0; r < width; r++) _mm512_storeu_ps(packed + r * depth, (__m512)row[r]);
    }
}

// 16 numbers as bf16, each with 32 bits to itself.
INLINE __m512i spread(__m512 x) { return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x)); }

// Numbers of two rows as pairs of bf16.
INLINE __m512i paired(__m512 low, __m512 high) {
  return _mm512_or_si512(spread(low), _mm512_slli_epi32(spread(high), 16));
}

// Two rows at a time become a row of pairs.
INLINE void pack_values(const float *values, size_t stride, size_t count, size_t size, uint16_t *packed) {
  for (size_t first = 0; first < in_depths(count); first += depth)
    for (size_t column = 0; column < size; column += 16, packed += tile)
      for (size_t pair = 0; pair < 16; pair++) {
        size_t row = first + 2 * pair;
        const float *from = values + row * stride + column;
        __m512 low = row < count ? _mm512_loadu_ps(from) : _mm512_setzero_ps();
        __m512 high = row + 1 < count ? _mm512_loadu_ps(from + stride) : _mm512_setzero_ps();
        _mm512_storeu_si512(packed + pair * depth, paired(low, high));
      }
}

// Rows as bf16 times `factor`, up to the end of the tiles with zeros.
INLINE void lower_rows(const float *x, size_t stride, size_t rows, size_t padded, size_t size, float factor,
                       uint16_t *y) {
  __m512 all = _mm512_set1_ps(factor);
  for (size_t row = 0; row < padded; row++)
    for (size_t i = 0; i < size; i += depth) {
      __m512 low = _mm512_setzero_ps(), high = low;
      if (row < rows) {
        low = _mm512_mul_ps(_mm512_loadu_ps(x + row * stride + i), all);
        high = _mm512_mul_ps(_mm512_loadu_ps(x + row * stride + i + 16), all);
      }
      _mm512_storeu_si512(y + row * size + i, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
}

// Tiles 0 to 3 hold sums, of the upper rows and of the lower; 4 and 5 the left side, 6 and 7 the right.
#define CLEAR(two) \
  _tile_zero(0), _tile_zero(1); \
  if (two) _tile_zero(2), _tile_zero(3);
#define MULTIPLY(two)                                   \
  _tile_dpbf16ps(0, 4, 6), _tile_dpbf16ps(1, 4, 7); \
  if (two) _tile_dpbf16ps(2, 5, 6), _tile_dpbf16ps(3, 5, 7);
#define KEEP(two, y, bytes)                                                                            \
  _tile_stored(0, y, bytes), _tile_stored(1, (y) + 16, bytes);                                         \
  if (two) _tile_stored(2, (y) + 16 * (bytes) / 4, bytes), _tile_stored(3, (y) + 16 * (bytes) / 4 + 16, bytes);

// Products of up to 32 rows with packed keys, 32 at a time.
INLINE void scores(const uint16_t *rows, int two, const uint16_t *keys, size_t count, size_t size, float *y,
                   size_t y_stride) {
  size_t bytes = y_stride * sizeof(float);
  for (size_t first = 0; first < count; first += 32, y += 32, keys += 32 * size) {
    CLEAR(two)
    for (size_t i = 0; i < size; i += depth) {
      _tile_loadd(4, rows + i, size * 2);
      if (two) _tile_loadd(5, rows + 16 * size + i, size * 2);
      _tile_loadd(6, keys + 16 * i, row_bytes);
      _tile_loadd(7, keys + 16 * (size + i), row_bytes);
      MULTIPLY(two)
    }
    KEEP(two, y, bytes)
  }
}

// Adds to the sums what the rows of values give that belong to these columns of weights.
INLINE void add_values(const uint16_t *weights, size_t bytes, int two, const uint16_t *values, size_t count,
                       size_t size, size_t column) {
  for (size_t first = 0; first < count; first += depth) {
    const uint16_t *from = values + first * size + column * depth;
    _tile_loadd(4, weights + first, bytes);
    if (two) _tile_loadd(5, (const char *)(weights + first) + 16 * bytes, bytes);
    _tile_loadd(6, from, row_bytes);
    _tile_loadd(7, from + tile, row_bytes);
    MULTIPLY(two)
  }
}

// What no exponential is left of, and no infinity, which would make a NaN on the way.
static const float nothing = -1e30f;

// The scores of the padding become nothing.
INLINE void close_scores(float *scores, size_t count) {
  size_t padded = in_depths(count);
  for (size_t i = count / 16 * 16; i < padded; i += 16) {
    size_t there = count > i ? count - i : 0;
    __mmask16 missing = (__mmask16)(there >= 16 ? 0 : 0xffffu << there);
    _mm512_mask_storeu_ps(scores + i, missing, _mm512_set1_ps(nothing));
  }
}

// 2ˣ of what is at most 0: 2ⁿ by the exponent, the rest by Taylor's polynomial, within 5e-5 of it; bf16 has steps of 4e-3.
INLINE __m512 power_of_two(__m512 x) {
  __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m512 r = _mm512_sub_ps(x, n);
  __m512 p = _mm512_set1_ps(9.618129e-3f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.550411e-2f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(2.402265e-1f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(6.931472e-1f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(p, n);
}

// A row of scores, in powers of two, becomes weights in bf16 in its first half; what their sum divides 1 by.
INLINE float soften(float *row, size_t n) {
  __m512 most = _mm512_loadu_ps(row), more = _mm512_loadu_ps(row + 16);
  for (size_t i = 32; i < n; i += 32) {
    most = _mm512_max_ps(_mm512_loadu_ps(row + i), most);
    more = _mm512_max_ps(_mm512_loadu_ps(row + i + 16), more);
  }
  __m512 greatest = _mm512_set1_ps(_mm512_reduce_max_ps(_mm512_max_ps(most, more)));
  __m512 sum = _mm512_setzero_ps(), rest = sum;
  for (size_t i = 0; i < n; i += 32) {
    __m512 low = power_of_two(_mm512_sub_ps(_mm512_loadu_ps(row + i), greatest));
    __m512 high = power_of_two(_mm512_sub_ps(_mm512_loadu_ps(row + i + 16), greatest));
    sum = _mm512_add_ps(sum, low);
    rest = _mm512_add_ps(rest, high);
    _mm512_storeu_si512((uint16_t *)row + i, (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
  return 1.0f / _mm512_reduce_add_ps(_mm512_add_ps(sum, rest));
}

// Every tile is whole.
static const struct {
  uint8_t palette, start, reserved[14];
  uint16_t bytes[16];
  uint8_t rows[16];
} __attribute__((aligned(64))) whole_tiles = {
    .palette = 1, .bytes = {64, 64, 64, 64, 64, 64, 64, 64}, .rows = {16, 16, 16, 16, 16, 16, 16, 16}};
