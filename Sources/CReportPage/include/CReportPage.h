#pragma once

#include <stddef.h>

/// A file of the report's page, as it lies in `Page/`.
struct report_page_file {
    const unsigned char *bytes;
    size_t count;
};

extern const struct report_page_file report_page_html;
extern const struct report_page_file report_page_style;
/// The scripts, in the order in which a browser reads them; without bytes past the last.
struct report_page_file report_page_script(size_t number);
