#include <libxml/xmlversion.h>
/* Debian's libxml2 shows ICU's headers, which clash with Foundation's own copy of them. */
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>
