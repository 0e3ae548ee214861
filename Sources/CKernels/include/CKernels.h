// The loops that need the C compiler's vectoriser: sums it may reorder, exp and Φ
// it can run in lanes. Each is compiled for several instruction sets and chosen at load
// time, so that no build flag is needed. None allocates; pointers need no alignment;
// inputs and outputs may be the same array but may not overlap otherwise.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The sum of a[i]·b[i].
float enx_dot(const float *a, const float *b, size_t n);

/// The largest of x[0..<n]; NaN is skipped, and −∞ is the largest of nothing.
float enx_max(const float *x, size_t n);

/// y[i] = exp(x[i] − shift); returns the sum of y. Relative error below 2e-7 for x − shift in [−87, 88].
float enx_exp_sum(const float *x, float shift, float *y, size_t n);

/// y[i] = x[i]·Φ(x[i]), the exact GELU; Φ within 2e-7.
void enx_gelu(const float *x, float *y, size_t n);

/// dx[i] = dy[i]·(Φ(x[i]) + x[i]·φ(x[i])): the backward of enx_gelu; the slope within 1e-6.
void enx_gelu_backward(const float *x, const float *dy, float *dx, size_t n);

/// y[i] = GELU by tanh (Hendrycks and Gimpel 2016, section 2; `gelu_new` in transformers).
void enx_gelu_tanh(const float *x, float *y, size_t n);

/// The backward of enx_gelu_tanh.
void enx_gelu_tanh_backward(const float *x, const float *dy, float *dx, size_t n);

/// One AdamW step over n values (Loshchilov and Hutter 2019, algorithm 2, as torch.optim.AdamW).
/// `rate` is the learning rate, `correction1` = 1 − β₁ᵗ, `correction2` = 1 − β₂ᵗ.
void enx_adamw(float *value, const float *gradient, float *first, float *second, size_t n,
               float rate, float beta1, float beta2, float epsilon, float weight_decay,
               float correction1, float correction2);

/// y[i] = a[i] + b[i].
void enx_add(const float *a, const float *b, float *y, size_t n);

/// y[i] = a[i]·b[i].
void enx_scale_each(const float *a, const float *b, float *y, size_t n);

/// Dropout: mask[i] is 0 where the i-th 16 bits of SplitMix64 from `state` on are below `limit`, else `kept`, and
/// x[i] is multiplied by it. Takes n / 4 numbers, rounded up.
void enx_dropout(uint64_t state, uint32_t limit, float kept, float *x, float *mask, size_t n);

/// y[i] = x[i] as bf16, to the nearest, ties to even.
void enx_to_bf16(const float *x, uint16_t *y, size_t n);

/// x[i] ≈ (y[i] − zero)·scale, with the smallest scale that reaches from the least of x and 0 to the greatest.
void enx_to_u8(const float *x, uint8_t *y, size_t n, float *scale, int32_t *zero);

/// The greatest |x[i]|; NaN is skipped, and 0 is the greatest of nothing.
float enx_greatest_size(const float *x, size_t n);

/// y[i] = x[i]·factor to the nearest integer, which must lie within ±127; returns their sum.
int32_t enx_to_s8(const float *x, float factor, int8_t *y, size_t n);

/// y[i] = (sums[i]·scales[i] − zero·totals[i])·scale + bias[i]: a row of a product of u8 and s8 as numbers again.
/// `totals` are the sums of each output's weights, each times its scale.
void enx_from_s32(const int32_t *sums, float scale, int32_t zero, const float *scales,
                  const float *totals, const float *bias, float *y, size_t n);

/// y[i] = GELU(before[i]), before[i] = sums[i] + bias[i]: between the products of a feed-forward block. `before` and
/// y may be the same where it is not needed.
void enx_gelu_of_sums(const float *sums, const float *bias, float *before, float *y, size_t n);

/// The same as bf16; Φ within 5e-5, which is less than the larger values of a row are rounded by. y is not `before`.
void enx_gelu_of_sums_to_bf16(const float *sums, const float *bias, float *before, uint16_t *y, size_t n);

/// The same of what enx_from_s32 gives, before it becomes 8 bits; Φ within 5e-5. `before` and y may be the same.
void enx_gelu_of_s32(const int32_t *sums, float scale, int32_t zero, const float *scales, const float *totals,
                     const float *bias, float *before, float *y, size_t n);

/// y = what enx_normalise makes of sums + bias + residual: behind each block of a layer.
void enx_normalise_sums(const float *sums, const float *bias, const float *residual, const float *gain,
                        const float *norm_bias, float epsilon, float *y, size_t n);

/// The same of what enx_from_s32 gives and `residual`.
void enx_normalise_s32(const int32_t *sums, float scale, int32_t zero, const float *scales, const float *totals,
                       const float *bias, const float *residual, const float *gain, const float *norm_bias,
                       float epsilon, float *y, size_t n);

/// x becomes (x − mean) / √(variance + epsilon) · gain + bias (Ba, Kiros and Hinton 2016).
void enx_normalise(float *x, const float *gain, const float *bias, float epsilon, size_t n);

/// The same, keeping (x − mean) / √(variance + epsilon) in `normalised`; returns 1 / √(variance + epsilon).
float enx_normalise_keeping(float *x, const float *gain, const float *bias, float epsilon, float *normalised,
                            size_t n);

/// dy becomes dx = (g − mean(g) − normalised·mean(g·normalised))·inverse, g = dy·gain.
void enx_normalise_backward(float *dy, const float *gain, const float *normalised, float inverse, size_t n);

/// Columns beside one another that rows had one below the other: packed[i·p + j] = x[j·stride + i], where p is
/// `rows` rounded up to a multiple of 16; what is beyond the rows is zero.
void enx_pack_columns(const float *x, size_t stride, size_t rows, size_t size, float *packed);

/// y[r, c] = scale·Σ a[r, i]·packed[i, c], the products of rows with what enx_pack_columns made of `columns` rows
/// of `size`. Writes whole groups of 16 columns: rows of y have room for that.
void enx_row_products(const float *a, size_t stride, size_t rows, const float *packed, size_t columns,
                      size_t size, float scale, float *y, size_t y_stride);

/// y[r, c] = scales[r·scale_step]·Σ weights[r·row_step + i·step]·x[i, c], for i up to `count` and c up to `size`; added
/// to y where `keeps`.
void enx_weighted_sums(const float *weights, size_t row_step, size_t step, size_t rows, const float *x,
                       size_t stride, size_t count, size_t size, const float *scales, size_t scale_step,
                       int keeps, float *y, size_t y_stride);

/// Rows of scores become what softmax makes of them but for a factor, exp(score − greatest). A row, `stride` from the
/// next, has `shared_count` scores, room up to the next multiple of 16, `count` scores, and room again; both together
/// are one distribution.
/// statistics: of each row the greatest score and the factor, one over the sum of exp(score − greatest).
void enx_exponentiate(float *block, size_t stride, size_t rows, size_t shared_count, size_t count,
                      float *statistics);

/// Scores become their probabilities p, with the statistics that enx_exponentiate wrote, and the gradients dp of these
/// those of the scores: p·(dp − Σ p·dp).
void enx_softmax_backward(float *block, float *gradients, size_t stride, size_t rows, size_t shared_count,
                          size_t count, const float *statistics);

/// 1 where this processor multiplies tiles of bf16 (AMX) and the system lets this process do so; a few microseconds.
int enx_tiles_run(void);

/// Keys and values, `stride` apart, in bf16 as enx_attend_in_tiles reads them: 2·size·p numbers, where p is `count`
/// rounded up to a multiple of 32; `size` is a multiple of 32.
void enx_pack_for_tiles(const float *keys, const float *values, size_t stride, size_t count, size_t size,
                        uint16_t *packed);

/// How many floats enx_attend_in_tiles works in.
size_t enx_tiles_room(size_t shared_count, size_t count, size_t size);

/// y = softmax(scale·queries·keysᵀ)·values of some rows: `shared_count` keys and values packed in `shared`, which may
/// be none, and `count` in `own`. Products are those of numbers rounded to bf16, summed in float32.
void enx_attend_in_tiles(const float *queries, size_t stride, size_t rows, float scale, const uint16_t *shared,
                         size_t shared_count, const uint16_t *own, size_t count, size_t size, float *room, float *y,
                         size_t y_stride);

/// Keys and values, `stride` apart, as enx_attend_backward_in_tiles reads them: 3·size·p numbers, p as above.
void enx_pack_for_tiles_backward(const float *keys, const float *values, size_t stride, size_t count, size_t size,
                                 uint16_t *packed);

/// How many floats enx_attend_backward_in_tiles works in.
size_t enx_tiles_backward_room(size_t shared_count, size_t count, size_t size);

/// The backward of enx_attend_in_tiles for all `count` rows of a sequence, from the gradient of its output. dx, rows
/// `stride` apart: the gradients of queries, and `columns` and 2·`columns` behind them those of keys and values. Those of
/// the shared keys and values, rows `columns` apart, are added to.
void enx_attend_backward_in_tiles(const float *queries, const float *d_output, size_t stride, size_t d_stride,
                                  size_t count, float scale, const uint16_t *shared, size_t shared_count,
                                  const uint16_t *own, size_t size, float *room, float *dx, size_t columns,
                                  float *d_shared_keys, float *d_shared_values);
