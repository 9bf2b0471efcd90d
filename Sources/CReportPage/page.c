#include "CReportPage.h"

// The compiler reads the files, so that the program needs none beside it, and is run again when one changes.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char html[] = {
#embed "Page/report.html"
};
static const unsigned char style[] = {
#embed "Page/report.css"
};
static const unsigned char text[] = {
#embed "Page/text.js"
};
static const unsigned char model[] = {
#embed "Page/model.js"
};
static const unsigned char gallery[] = {
#embed "Page/gallery.js"
};
static const unsigned char viewer[] = {
#embed "Page/viewer.js"
};
static const unsigned char details[] = {
#embed "Page/details.js"
};
static const unsigned char run[] = {
#embed "Page/run.js"
};
static const unsigned char app[] = {
#embed "Page/app.js"
};

#define FILE_OF(bytes) {bytes, sizeof bytes}

const struct report_page_file report_page_html = FILE_OF(html);
const struct report_page_file report_page_style = FILE_OF(style);

static const struct report_page_file scripts[] = {
    FILE_OF(text), FILE_OF(model), FILE_OF(gallery), FILE_OF(viewer), FILE_OF(details), FILE_OF(run), FILE_OF(app),
};

struct report_page_file report_page_script(size_t number) {
    const struct report_page_file none = {0, 0};
    return number < sizeof scripts / sizeof scripts[0] ? scripts[number] : none;
}
