// Matrix products by oneDNN, whose right-hand side is packed once or as it is: all that Enxerto uses of that
// library, and all that depends on its version. Without ENX_ONEDNN every function says that there is none.
#ifndef ENX_ONEDNN_H
#define ENX_ONEDNN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { ENX_FLOAT32 = 0, ENX_BF16 = 1, ENX_INT8 = 2 } enx_precision;

/// Rows of x that one call may have at most.
enum { enx_tile_rows = 64 };

/// Whether the program was built with oneDNN.
bool enx_onednn_is_built(void);
/// Such as 20603 for 2.6.3.
int enx_onednn_version(void);
/// Whether this processor has the instructions that make oneDNN's products of a precision worth their while:
/// AVX2 with FMA for float32, AVX512_BF16 for bf16, AVX512_VNNI for int8.
bool enx_onednn_runs(enx_precision precision);

/// The products of one shape, compiled as they are needed; shared by all weights of that shape.
typedef struct enx_products enx_products;

/// x[rows, inputs] · w[inputs, outputs]; null where oneDNN has no fast product of this shape.
///
/// x is float32, bf16 or u8; w float32, bf16 or s8; the result float32, for int8 int32.
enx_products *enx_products_create(enx_precision precision, size_t inputs, size_t outputs);
void enx_products_destroy(enx_products *products);

/// Bytes of one packed weight matrix.
size_t enx_packed_size(const enx_products *products);

/// Packs weights: float32 (for int8: s8) at `weight`, laid out [outputs, inputs] or, where `is_plain`,
/// [inputs, outputs].
///
/// packed: enx_packed_size bytes, at a multiple of 64. Returns whether it could be done.
bool enx_pack(const enx_products *products, const void *weight, bool is_plain, void *packed);

/// One product on the calling thread; any number of threads may call at once.
///
/// rows: at most enx_tile_rows; the first product of so many rows takes a fraction of a millisecond more. Rows of x
/// are `inputs` apart, of y `outputs`.
/// Returns whether it could be done.
bool enx_multiply(enx_products *products, const void *x, size_t rows, const void *packed, void *y);

/// c[m, n] = op(a) · op(b) + keep · c on the calling thread, float32; op turns a matrix where asked to, a is
/// [m, k] or, turned, [k, m]. Rows are so many numbers apart. Returns whether it could be done.
bool enx_sgemm(bool turns_a, bool turns_b, size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
               size_t b_stride, float keep, float *c, size_t c_stride);

#endif
