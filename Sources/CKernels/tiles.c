#include "CKernels.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tiles.h"

int enx_tiles_run(void) {
  enum { amx_bf16 = 1 << 22, amx_tile = 1 << 24, avx512_bf16 = 1 << 5, request = 0x1023, tile_data = 18 };
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & amx_bf16) || !(d & amx_tile)) return 0;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & avx512_bf16)) return 0;
  // Linux lets a process have the registers that asks for them.
  return syscall(SYS_arch_prctl, request, tile_data) == 0;
}

TILED void enx_pack_for_tiles(const float *keys, const float *values, size_t stride, size_t count, size_t size,
                              uint16_t *packed) {
  pack_keys(keys, stride, count, size, packed);
  pack_values(values, stride, count, size, packed + in_depths(count) * size);
}

size_t enx_tiles_room(size_t shared_count, size_t count, size_t size) {
  // The rows of scores are not a power of two apart, which would bring them all to the same lines of the cache.
  return block * (in_depths(shared_count) + in_depths(count) + 16) + block * size / 2 + block * 32;
}

TILED void enx_attend_in_tiles(const float *queries, size_t stride, size_t rows, float scale,
                               const uint16_t *shared, size_t shared_count, const uint16_t *own, size_t count,
                               size_t size, float *room, float *y, size_t y_stride) {
  size_t before = in_depths(shared_count), behind = in_depths(count), n = before + behind, apart = n + 16;
  float *sums = room + block * apart;
  uint16_t *lowered_rows = (uint16_t *)(sums + block * 32);
  _tile_loadconfig(&whole_tiles);
  for (size_t first = 0; first < rows; first += block) {
    size_t some = rows - first < block ? rows - first : block;
    int two = some > 16;
    float inverse[block];
    // Scores in powers of two: log₂ e = 1.4427.
    lower_rows(queries + first * stride, stride, some, two ? 32 : 16, size, scale * 1.44269504f, lowered_rows);
    if (before) scores(lowered_rows, two, shared, before, size, room, apart);
    scores(lowered_rows, two, own, behind, size, room + before, apart);
    for (size_t r = 0; r < some; r++) {
      float *row = room + r * apart;
      close_scores(row, shared_count);
      close_scores(row + before, count);
      inverse[r] = soften(row, n);
    }
    for (size_t column = 0; column < size; column += 32) {
      CLEAR(two)
      size_t bytes = apart * sizeof(float);
      const uint16_t *weights = (const uint16_t *)room;
      add_values(weights, bytes, two, shared + before * size, before, size, column);
      add_values(weights + before, bytes, two, own + behind * size, behind, size, column);
      KEEP(two, sums, 32 * sizeof(float))
      for (size_t r = 0; r < some; r++) {
        float *to = y + (first + r) * y_stride + column;
        __m512 factor = _mm512_set1_ps(inverse[r]);
        _mm512_storeu_ps(to, _mm512_mul_ps(_mm512_loadu_ps(sums + r * 32), factor));
        _mm512_storeu_ps(to + 16, _mm512_mul_ps(_mm512_loadu_ps(sums + r * 32 + 16), factor));
      }
    }
  }
  _tile_release();
}

#else

int enx_tiles_run(void) { return 0; }
size_t enx_tiles_room(size_t shared_count, size_t count, size_t size) { return 0; }
void enx_pack_for_tiles(const float *keys, const float *values, size_t stride, size_t count, size_t size,
                        uint16_t *packed) {}
void enx_attend_in_tiles(const float *queries, size_t stride, size_t rows, float scale, const uint16_t *shared,
                         size_t shared_count, const uint16_t *own, size_t count, size_t size, float *room,
                         float *y, size_t y_stride) {}

#endif
