#include <libxml/xmlversion.h>
/* Debian's libxml2 shows ICU's headers, which clash with Foundation's own copy of them. */
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>

/* Errors come to the reader's own handler; some of an encoding's are printed besides, unless this is called. */
static void enxerto_ignore_message(void *context, const char *message, ...) {
  (void)context;
  (void)message;
}

static inline void enxerto_keep_libxml2_quiet(void) {
  xmlSetGenericErrorFunc(NULL, enxerto_ignore_message);
}
