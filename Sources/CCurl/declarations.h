#ifndef CCURL_DECLARATIONS_H
#define CCURL_DECLARATIONS_H

// What is called of libcurl, so that it need not be there when this program is compiled, nor is it loaded by runs that use
// no server: it is opened for the first request (CurlLibrary.swift). Shapes and numbers are those of its curl.h since 7.61.

#include <stddef.h>
#include <stdint.h>

typedef struct CURL CURL;
struct curl_slist;

typedef int32_t (*curl_global_init)(long flags);
typedef CURL *(*curl_easy_init)(void);
typedef void (*curl_easy_reset)(CURL *);
typedef void (*curl_easy_cleanup)(CURL *);
typedef int32_t (*curl_easy_perform)(CURL *);
typedef const char *(*curl_easy_strerror)(int32_t code);
typedef struct curl_slist *(*curl_slist_append)(struct curl_slist *, const char *);
typedef void (*curl_slist_free_all)(struct curl_slist *);

typedef size_t (*curl_transfer_callback)(char *bytes, size_t size, size_t count, void *data);
typedef int (*curl_progress_callback)(void *data, int64_t down_total, int64_t down, int64_t up_total, int64_t up);

enum { CURL_GLOBAL_DEFAULT = 3, CURL_HTTP_VERSION_1_1 = 2, CURL_NETRC_OPTIONAL = 1, CURL_READFUNC_ABORT = 0x10000000 };
enum { CURLPROTO_HTTP = 1, CURLPROTO_HTTPS = 2 };

enum {
    CURLOPT_NOPROGRESS = 43,
    CURLOPT_NOBODY = 44,
    CURLOPT_UPLOAD = 46,
    CURLOPT_NETRC = 51,
    CURLOPT_FOLLOWLOCATION = 52,
    CURLOPT_HTTPGET = 80,
    CURLOPT_HTTP_VERSION = 84,
    CURLOPT_BUFFERSIZE = 98,
    CURLOPT_NOSIGNAL = 99,
    CURLOPT_CONNECTTIMEOUT_MS = 156,
    CURLOPT_PROTOCOLS = 181,
    CURLOPT_WRITEDATA = 10001,
    CURLOPT_URL = 10002,
    CURLOPT_READDATA = 10009,
    CURLOPT_USERAGENT = 10018,
    CURLOPT_HTTPHEADER = 10023,
    CURLOPT_SSLCERT = 10025,
    CURLOPT_XFERINFODATA = 10057,
    CURLOPT_CAINFO = 10065,
    CURLOPT_SSLKEY = 10087,
    CURLOPT_WRITEFUNCTION = 20011,
    CURLOPT_READFUNCTION = 20012,
    CURLOPT_XFERINFOFUNCTION = 20219,
    CURLOPT_INFILESIZE_LARGE = 30115
};

enum { CURLINFO_RESPONSE_CODE = 0x200002, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T = 0x60000F };

enum { CURLE_OK = 0, CURLE_PARTIAL_FILE = 18, CURLE_WRITE_ERROR = 23, CURLE_ABORTED_BY_CALLBACK = 42 };

// curl_easy_setopt and curl_easy_getinfo take any number of arguments, which Swift does not call.

static inline void curl_set_number(const void *setopt, CURL *handle, int32_t option, long value) {
    ((int32_t(*)(CURL *, int32_t, ...))setopt)(handle, option, value);
}

static inline void curl_set_size(const void *setopt, CURL *handle, int32_t option, int64_t value) {
    ((int32_t(*)(CURL *, int32_t, ...))setopt)(handle, option, value);
}

static inline void curl_set_pointer(const void *setopt, CURL *handle, int32_t option, const void *value) {
    ((int32_t(*)(CURL *, int32_t, ...))setopt)(handle, option, value);
}

static inline void curl_set_transfer(const void *setopt, CURL *handle, int32_t option, curl_transfer_callback value) {
    ((int32_t(*)(CURL *, int32_t, ...))setopt)(handle, option, value);
}

static inline void curl_set_progress(const void *setopt, CURL *handle, int32_t option, curl_progress_callback value) {
    ((int32_t(*)(CURL *, int32_t, ...))setopt)(handle, option, value);
}

static inline long curl_number(const void *getinfo, CURL *handle, int32_t info) {
    long value = 0;
    ((int32_t(*)(CURL *, int32_t, ...))getinfo)(handle, info, &value);
    return value;
}

static inline int64_t curl_size(const void *getinfo, CURL *handle, int32_t info) {
    int64_t value = -1;
    ((int32_t(*)(CURL *, int32_t, ...))getinfo)(handle, info, &value);
    return value;
}

#endif
