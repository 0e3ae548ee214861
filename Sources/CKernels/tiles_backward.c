#include "CKernels.h"

#if defined(__x86_64__) && defined(__linux__)

#include "tiles.h"

TILED void enx_pack_for_tiles_backward(const float *keys, const float *values, size_t stride, size_t count,
                                       size_t size, uint16_t *packed) {
  size_t numbers = in_depths(count) * size;
  pack_keys(keys, stride, count, size, packed);
  pack_keys(values, stride, count, size, packed + numbers);
  pack_values(keys, stride, count, size, packed + 2 * numbers);
}

// Up to 32 rows become columns of bf16, [size, 32]; the columns of rows that are not there are zero.
INLINE void turn_rows(const float *x, size_t stride, size_t rows, size_t size, uint16_t *y) {
  for (size_t first = 0; first < block; first += 16)
    for (size_t i = 0; i < size; i += 16) {
      lanes row[width];
      UNROLL for (size_t r = 0; r < width; r++)
        row[r] = first + r < rows ? LOAD(x + (first + r) * stride + i) : ALL(0);
      TURN
      UNROLL for (size_t r = 0; r < width; r++)
        _mm256_storeu_si256((__m256i *)(y + (i + r) * block + first), (__m256i)_mm512_cvtneps_pbh((__m512)row[r]));
    }
}

// Columns [size, count], `stride` apart, are added to rows or replace them.
INLINE void turn_back(const float *x, size_t stride, size_t count, size_t size, int keeps, float *y, size_t y_stride) {
  for (size_t first = 0; first < count; first += 16)
    for (size_t i = 0; i < size; i += 16) {
      size_t there = count - first < 16 ? count - first : 16;
      lanes row[width];
      UNROLL for (size_t r = 0; r < width; r++) row[r] = LOAD(x + (i + r) * stride + first);
      TURN
      UNROLL for (size_t r = 0; r < width; r++)
        if (r < there) {
          float *to = y + (first + r) * y_stride + i;
          STORE(to, keeps ? LOAD(to) + row[r] : row[r]);
        }
    }
}

// 16 numbers of bf16 as floats.
INLINE __m512 raised(const uint16_t *x) {
  return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)x)), 16);
}

// Of a pair of rows, from weights in bf16 (the first half of `p`) and the gradients of probabilities: probabilities and
// gradients of scores as pairs, a tile for each 16 columns; those of scores in bf16 in the first half of `dp` too.
INLINE void soften_backward(const float *p, float *dp, size_t apart, size_t n, const float *inverse, float scale,
                            uint16_t *p_pairs, uint16_t *ds_pairs) {
  const uint16_t *weights[2] = {(const uint16_t *)p, (const uint16_t *)(p + apart)};
  float *gradients[2] = {dp, dp + apart};
  __m512 inner[2];
  for (int r = 0; r < 2; r++) {
    __m512 sum = _mm512_setzero_ps(), rest = sum;
    for (size_t i = 0; i < n; i += 32) {
      sum = _mm512_fmadd_ps(raised(weights[r] + i), _mm512_loadu_ps(gradients[r] + i), sum);
      rest = _mm512_fmadd_ps(raised(weights[r] + i + 16), _mm512_loadu_ps(gradients[r] + i + 16), rest);
    }
    inner[r] = _mm512_set1_ps(_mm512_reduce_add_ps(_mm512_add_ps(sum, rest)) * inverse[r]);
  }
  for (size_t i = 0; i < n; i += 32) {
    __m512 ds[2][2];
    for (int half = 0; half < 2; half++) {
      size_t at = i + 16 * half;
      __m512 some[2];
      for (int r = 0; r < 2; r++) {
        some[r] = _mm512_mul_ps(raised(weights[r] + at), _mm512_set1_ps(inverse[r]));
        __m512 rest = _mm512_sub_ps(_mm512_loadu_ps(gradients[r] + at), inner[r]);
        ds[r][half] = _mm512_mul_ps(_mm512_mul_ps(some[r], rest), _mm512_set1_ps(scale));
      }
      _mm512_storeu_si512(p_pairs + at * depth, paired(some[0], some[1]));
      _mm512_storeu_si512(ds_pairs + at * depth, paired(ds[0][half], ds[1][half]));
    }
    for (int r = 0; r < 2; r++)
      _mm512_storeu_si512((uint16_t *)gradients[r] + i, (__m512i)_mm512_cvtne2ps_pbh(ds[r][1], ds[r][0]));
  }
}

// y += columns of rows, [size, 32], times pairs of these rows, 16 columns a tile; y is [size, n].
INLINE void add_columns(const uint16_t *columns, const uint16_t *pairs, size_t n, size_t size, int keeps, float *y,
                        size_t apart) {
  size_t bytes = apart * sizeof(float);
  for (size_t i = 0; i < size; i += 32) {
    _tile_loadd(4, columns + i * block, row_bytes);
    _tile_loadd(5, columns + (i + 16) * block, row_bytes);
    for (size_t column = 0; column < n; column += 32) {
      float *place = y + i * apart + column;
      if (keeps) {
        _tile_loadd(0, place, bytes);
        _tile_loadd(1, place + 16, bytes);
        _tile_loadd(2, place + 16 * apart, bytes);
        _tile_loadd(3, place + 16 * apart + 16, bytes);
      } else {
        CLEAR(1)
      }
      _tile_loadd(6, pairs + column * depth, row_bytes);
      _tile_loadd(7, pairs + (column + 16) * depth, row_bytes);
      MULTIPLY(1)
      KEEP(1, place, bytes)
    }
  }
}

size_t enx_tiles_backward_room(size_t shared_count, size_t count, size_t size) {
  size_t n = in_depths(shared_count) + in_depths(count);
  // Scores, gradients of probabilities; columns of the gradients of keys and values; pairs; rows in bf16, both ways; sums.
  return 2 * (block + size) * (n + 16) + block * n + 2 * block * size + block * 32;
}

TILED void enx_attend_backward_in_tiles(const float *queries, const float *d_output, size_t stride, size_t d_stride,
                                        size_t count, float scale, const uint16_t *shared, size_t shared_count,
                                        const uint16_t *own, size_t size, float *room, float *dx, size_t columns,
                                        float *d_shared_keys, float *d_shared_values) {
  size_t before = in_depths(shared_count), behind = in_depths(count), n = before + behind, apart = n + 16;
  float *p = room, *dp = p + block * apart, *d_keys = dp + block * apart, *d_values = d_keys + size * apart;
  float *sums = d_values + size * apart;
  uint16_t *p_pairs = (uint16_t *)(sums + block * 32), *ds_pairs = p_pairs + block * n;
  uint16_t *q_rows = ds_pairs + block * n, *d_rows = q_rows + block * size;
  uint16_t *q_columns = d_rows + block * size, *d_columns = q_columns + block * size;
  const uint16_t *shared_values = shared + before * size, *own_values = own + behind * size;
  size_t bytes = apart * sizeof(float);
  _tile_loadconfig(&whole_tiles);
  for (size_t first = 0; first < count; first += block) {
    size_t some = count - first < block ? count - first : block;
    const float *q = queries + first * stride, *d = d_output + first * d_stride;
    lower_rows(q, stride, some, block, size, scale * 1.44269504f, q_rows);
    lower_rows(d, d_stride, some, block, size, 1, d_rows);
    turn_rows(q, stride, some, size, q_columns);
    turn_rows(d, d_stride, some, size, d_columns);
    if (before) {
      scores(q_rows, 1, shared, before, size, p, apart);
      scores(d_rows, 1, shared_values, before, size, dp, apart);
    }
    scores(q_rows, 1, own, behind, size, p + before, apart);
    scores(d_rows, 1, own_values, behind, size, dp + before, apart);
    // Rows that are not there, too: their gradients are zero, and all of a tile is read.
    for (size_t r = 0; r < block; r += 2) {
      float inverse[2];
      for (size_t i = 0; i < 2; i++) {
        float *row = p + (r + i) * apart;
        close_scores(row, shared_count);
        close_scores(row + before, count);
        inverse[i] = soften(row, n);
      }
      soften_backward(p + r * apart, dp + r * apart, apart, n, inverse, scale, p_pairs + r / 2 * depth,
                      ds_pairs + r / 2 * depth);
    }
    for (size_t column = 0; column < size; column += 32) {
      CLEAR(1)
      const uint16_t *ds = (const uint16_t *)dp;
      add_values(ds, bytes, 1, shared + 2 * before * size, before, size, column);
      add_values(ds + before, bytes, 1, own + 2 * behind * size, behind, size, column);
      KEEP(1, sums, 32 * sizeof(float))
      for (size_t r = 0; r < some; r++)
        memcpy(dx + (first + r) * stride + column, sums + r * 32, 32 * sizeof(float));
    }
    add_columns(q_columns, ds_pairs, n, size, first > 0, d_keys, apart);
    add_columns(d_columns, p_pairs, n, size, first > 0, d_values, apart);
  }
  _tile_release();
  turn_back(d_keys + before, apart, count, size, 0, dx + columns, stride);
  turn_back(d_values + before, apart, count, size, 0, dx + 2 * columns, stride);
  if (before) {
    turn_back(d_keys, apart, shared_count, size, 1, d_shared_keys, columns);
    turn_back(d_values, apart, shared_count, size, 1, d_shared_values, columns);
  }
}

#else

void enx_pack_for_tiles_backward(const float *keys, const float *values, size_t stride, size_t count, size_t size,
                                 uint16_t *packed) {}
size_t enx_tiles_backward_room(size_t shared_count, size_t count, size_t size) { return 0; }
void enx_attend_backward_in_tiles(const float *queries, const float *d_output, size_t stride, size_t d_stride,
                                  size_t count, float scale, const uint16_t *shared, size_t shared_count,
                                  const uint16_t *own, size_t size, float *room, float *dx, size_t columns,
                                  float *d_shared_keys, float *d_shared_values) {}

#endif
