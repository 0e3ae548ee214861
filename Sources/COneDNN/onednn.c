#include "COneDNN.h"

#ifndef ENX_ONEDNN

bool enx_onednn_is_built(void) { return false; }
int enx_onednn_version(void) { return 0; }
bool enx_onednn_runs(enx_precision precision) { return (void)precision, false; }
enx_products *enx_products_create(enx_precision precision, size_t inputs, size_t outputs) {
  return (void)precision, (void)inputs, (void)outputs, NULL;
}
void enx_products_destroy(enx_products *products) { (void)products; }
size_t enx_packed_size(const enx_products *products) { return (void)products, 0; }
bool enx_pack(const enx_products *products, const void *weight, bool is_plain, void *packed) {
  return (void)products, (void)weight, (void)is_plain, (void)packed, false;
}
bool enx_multiply(enx_products *products, const void *x, size_t rows, const void *packed, void *y) {
  return (void)products, (void)x, (void)rows, (void)packed, (void)y, false;
}
bool enx_sgemm(bool turns_a, bool turns_b, size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
               size_t b_stride, float keep, float *c, size_t c_stride) {
  return (void)turns_a, (void)turns_b, (void)m, (void)n, (void)k, (void)a, (void)a_stride, (void)b,
         (void)b_stride, (void)keep, (void)c, (void)c_stride, false;
}

#else

#include <dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Debian's oneDNN runs on OpenMP; where it does not, there is nothing to set.
extern void omp_set_num_threads(int count) __attribute__((weak));

// What differs between the versions: descriptions of memory are values in version 2 and handles in
// version 3, and version 3 makes a primitive's description in one step.
#if DNNL_VERSION_MAJOR >= 3

typedef dnnl_memory_desc_t description;
static bool describe(description *d, const dnnl_dims_t sizes, dnnl_data_type_t type,
                     dnnl_format_tag_t tag) {
  return dnnl_memory_desc_create_with_tag(d, 2, sizes, type, tag) == dnnl_success;
}
static void forget(description *d) {
  if (*d) dnnl_memory_desc_destroy(*d);
  *d = NULL;
}
static bool same(description *d, const_dnnl_memory_desc_t of) {
  return dnnl_memory_desc_clone(d, of) == dnnl_success;
}
static const_dnnl_memory_desc_t reference(const description *d) { return *d; }
static bool describe_product(dnnl_primitive_desc_t *p, dnnl_engine_t engine, const description *x,
                             const description *w, const description *y, dnnl_primitive_attr_t how) {
  return dnnl_matmul_primitive_desc_create(p, engine, *x, *w, NULL, *y, how) == dnnl_success;
}

#else

typedef dnnl_memory_desc_t description;
static bool describe(description *d, const dnnl_dims_t sizes, dnnl_data_type_t type,
                     dnnl_format_tag_t tag) {
  return dnnl_memory_desc_init_by_tag(d, 2, sizes, type, tag) == dnnl_success;
}
static void forget(description *d) { (void)d; }
static bool same(description *d, const dnnl_memory_desc_t *of) { return *d = *of, true; }
static const dnnl_memory_desc_t *reference(const description *d) { return d; }
static bool describe_product(dnnl_primitive_desc_t *p, dnnl_engine_t engine, const description *x,
                             const description *w, const description *y, dnnl_primitive_attr_t how) {
  dnnl_matmul_desc_t product;
  return dnnl_matmul_desc_init(&product, x, w, NULL, y) == dnnl_success &&
         dnnl_primitive_desc_create(p, &product, how, engine, NULL) == dnnl_success;
}

#endif

// What one call needs beside its operands. Calls take one from the list and give it back.
typedef struct call {
  dnnl_memory_t x, w, y, scratch;
  void *room;
  struct call *next;
} call;

// The product of one number of rows.
typedef struct {
  dnnl_primitive_desc_t description;
  dnnl_primitive_t primitive;
  call *free_calls;
} product;

struct enx_products {
  enx_precision precision;
  dnnl_dim_t inputs, outputs;
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  description packed;
  bool is_described;
  pthread_mutex_t lock;
  // Of k + 1 rows; made when first asked for.
  product products[enx_tile_rows];
};

static const dnnl_data_type_t of_x[] = {dnnl_f32, dnnl_bf16, dnnl_u8};
static const dnnl_data_type_t of_w[] = {dnnl_f32, dnnl_bf16, dnnl_s8};
static const dnnl_data_type_t of_y[] = {dnnl_f32, dnnl_f32, dnnl_s32};

bool enx_onednn_is_built(void) { return true; }

int enx_onednn_version(void) {
  const dnnl_version_t *version = dnnl_version();
  return version->major * 10000 + version->minor * 100 + version->patch;
}

bool enx_onednn_runs(enx_precision precision) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (precision) {
    case ENX_FLOAT32: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case ENX_BF16: return __builtin_cpu_supports("avx512bf16");
    case ENX_INT8: return __builtin_cpu_supports("avx512vnni");
  }
#endif
  return false;
}

// Every product runs on its caller's thread: oneDNN would start as many as there are processors.
static void stay_on_one_thread(void) {
  static _Thread_local bool is_set = false;
  if (is_set) return;
  is_set = true;
  if (omp_set_num_threads) omp_set_num_threads(1);
}

static bool make(enx_products *p, product *made, dnnl_dim_t rows, const description *weights) {
  const dnnl_dims_t x_sizes = {rows, p->inputs}, y_sizes = {rows, p->outputs};
  description x = {0}, y = {0};
  dnnl_primitive_attr_t how = NULL;
  bool done = describe(&x, x_sizes, of_x[p->precision], dnnl_ab) &&
              describe(&y, y_sizes, of_y[p->precision], dnnl_ab) &&
              dnnl_primitive_attr_create(&how) == dnnl_success &&
              dnnl_primitive_attr_set_scratchpad_mode(how, dnnl_scratchpad_mode_user) == dnnl_success &&
              describe_product(&made->description, p->engine, &x, weights, &y, how) &&
              dnnl_primitive_create(&made->primitive, made->description) == dnnl_success;
  if (how) dnnl_primitive_attr_destroy(how);
  forget(&x);
  forget(&y);
  return done;
}

static bool is_fast(const product *made) {
  const char *name = "";
  dnnl_primitive_desc_query(made->description, dnnl_query_impl_info_str, 0, (void *)&name);
  return !strstr(name, "ref");
}

static void destroy_call(call *c) {
  dnnl_memory_t memories[] = {c->x, c->w, c->y, c->scratch};
  for (int i = 0; i < 4; i++)
    if (memories[i]) dnnl_memory_destroy(memories[i]);
  free(c->room);
  free(c);
}

static call *new_call(const enx_products *p, const product *made) {
  call *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  size_t size = dnnl_memory_desc_get_size(
      dnnl_primitive_desc_query_md(made->description, dnnl_query_scratchpad_md, 0));
  if (posix_memalign(&c->room, 64, size ? size : 64)) c->room = NULL;
  const struct {
    dnnl_memory_t *memory;
    dnnl_query_t query;
    void *place;
  } parts[] = {{&c->x, dnnl_query_src_md, DNNL_MEMORY_NONE},
               {&c->w, dnnl_query_weights_md, DNNL_MEMORY_NONE},
               {&c->y, dnnl_query_dst_md, DNNL_MEMORY_NONE},
               {&c->scratch, dnnl_query_scratchpad_md, c->room}};
  bool done = c->room != NULL;
  for (int i = 0; done && i < 4; i++)
    done = dnnl_memory_create(parts[i].memory,
                              dnnl_primitive_desc_query_md(made->description, parts[i].query, 0),
                              p->engine, parts[i].place) == dnnl_success;
  if (done) return c;
  destroy_call(c);
  return NULL;
}

enx_products *enx_products_create(enx_precision precision, size_t inputs, size_t outputs) {
  stay_on_one_thread();
  if (!enx_onednn_runs(precision)) return NULL;
  enx_products *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->precision = precision;
  p->inputs = (dnnl_dim_t)inputs;
  p->outputs = (dnnl_dim_t)outputs;
  pthread_mutex_init(&p->lock, NULL);
  const dnnl_dims_t sizes = {p->inputs, p->outputs};
  // The layout that suits a full tile; products of fewer rows take it as it is.
  description any = {0};
  product *full = &p->products[enx_tile_rows - 1];
  bool done = dnnl_engine_create(&p->engine, dnnl_cpu, 0) == dnnl_success &&
              dnnl_stream_create(&p->stream, p->engine, dnnl_stream_default_flags) == dnnl_success &&
              describe(&any, sizes, of_w[precision], dnnl_format_tag_any) &&
              make(p, full, enx_tile_rows, &any) && is_fast(full) &&
              same(&p->packed, dnnl_primitive_desc_query_md(full->description, dnnl_query_weights_md, 0));
  p->is_described = done;
  forget(&any);
  if (done) return p;
  enx_products_destroy(p);
  return NULL;
}

void enx_products_destroy(enx_products *p) {
  if (!p) return;
  for (int i = 0; i < enx_tile_rows; i++) {
    product *made = &p->products[i];
    while (made->free_calls) {
      call *next = made->free_calls->next;
      destroy_call(made->free_calls);
      made->free_calls = next;
    }
    if (made->primitive) dnnl_primitive_destroy(made->primitive);
    if (made->description) dnnl_primitive_desc_destroy(made->description);
  }
  if (p->is_described) forget(&p->packed);
  if (p->stream) dnnl_stream_destroy(p->stream);
  if (p->engine) dnnl_engine_destroy(p->engine);
  pthread_mutex_destroy(&p->lock);
  free(p);
}

size_t enx_packed_size(const enx_products *p) { return dnnl_memory_desc_get_size(reference(&p->packed)); }

bool enx_pack(const enx_products *p, const void *weight, bool is_plain, void *packed) {
  stay_on_one_thread();
  const dnnl_dims_t sizes = {p->inputs, p->outputs};
  description plain = {0};
  dnnl_memory_t from = NULL, to = NULL;
  dnnl_primitive_desc_t reordering = NULL;
  dnnl_primitive_t reorder = NULL;
  bool done = describe(&plain, sizes, p->precision == ENX_INT8 ? dnnl_s8 : dnnl_f32,
                       is_plain ? dnnl_ab : dnnl_ba) &&
              dnnl_memory_create(&from, reference(&plain), p->engine, (void *)weight) == dnnl_success &&
              dnnl_memory_create(&to, reference(&p->packed), p->engine, packed) == dnnl_success &&
              dnnl_reorder_primitive_desc_create(&reordering, reference(&plain), p->engine,
                                                 reference(&p->packed), p->engine, NULL) == dnnl_success &&
              dnnl_primitive_create(&reorder, reordering) == dnnl_success;
  if (done) {
    dnnl_exec_arg_t operands[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    done = dnnl_primitive_execute(reorder, p->stream, 2, operands) == dnnl_success;
  }
  if (reorder) dnnl_primitive_destroy(reorder);
  if (reordering) dnnl_primitive_desc_destroy(reordering);
  if (from) dnnl_memory_destroy(from);
  if (to) dnnl_memory_destroy(to);
  forget(&plain);
  return done;
}

bool enx_multiply(enx_products *p, const void *x, size_t rows, const void *packed, void *y) {
  if (rows == 0 || rows > enx_tile_rows) return rows == 0;
  stay_on_one_thread();
  product *made = &p->products[rows - 1];

  pthread_mutex_lock(&p->lock);
  bool done = made->primitive || make(p, made, (dnnl_dim_t)rows, &p->packed);
  call *c = made->free_calls;
  if (c) made->free_calls = c->next;
  pthread_mutex_unlock(&p->lock);
  if (!done) return false;
  if (!c) c = new_call(p, made);
  if (!c) return false;

  done = dnnl_memory_set_data_handle(c->x, (void *)x) == dnnl_success &&
         dnnl_memory_set_data_handle(c->w, (void *)packed) == dnnl_success &&
         dnnl_memory_set_data_handle(c->y, y) == dnnl_success;
  if (done) {
    const dnnl_exec_arg_t operands[] = {{DNNL_ARG_SRC, c->x},
                                        {DNNL_ARG_WEIGHTS, c->w},
                                        {DNNL_ARG_DST, c->y},
                                        {DNNL_ARG_SCRATCHPAD, c->scratch}};
    done = dnnl_primitive_execute(made->primitive, p->stream, 4, operands) == dnnl_success;
  }
  pthread_mutex_lock(&p->lock);
  c->next = made->free_calls;
  made->free_calls = c;
  pthread_mutex_unlock(&p->lock);
  return done;
}

bool enx_sgemm(bool turns_a, bool turns_b, size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
               size_t b_stride, float keep, float *c, size_t c_stride) {
  stay_on_one_thread();
  return dnnl_sgemm(turns_a ? 'T' : 'N', turns_b ? 'T' : 'N', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a,
                    (dnnl_dim_t)a_stride, b, (dnnl_dim_t)b_stride, keep, c, (dnnl_dim_t)c_stride) == dnnl_success;
}

#endif
