#ifndef CHEIF_DECLARATIONS_H
#define CHEIF_DECLARATIONS_H

// What is called of libheif, so that it need not be there when this program is compiled: it is opened when a picture asks for
// it (HEIFLibrary.swift). Shapes and numbers are those of its heif.h since 1.13.

#include <stddef.h>
#include <stdint.h>

typedef struct heif_context heif_context;
typedef struct heif_image_handle heif_image_handle;
typedef struct heif_image heif_image;

struct heif_error {
    int32_t code;
    int32_t subcode;
    const char *message;
};
enum { HEIF_OK = 0, HEIF_UNSUPPORTED_FILE = 3, HEIF_UNSUPPORTED_FEATURE = 4 };

// heif_decoding_options up to its second version.
struct heif_decoding_options {
    uint8_t version;
    uint8_t ignore_transformations;
    void *start_progress, *on_progress, *end_progress;
    void *progress_user_data;
    uint8_t convert_hdr_to_8bit;
};

enum { HEIF_COLORSPACE_RGB = 1, HEIF_CHROMA_RGB = 10, HEIF_CHROMA_RGBA = 11, HEIF_CHANNEL_INTERLEAVED = 10 };

typedef heif_context *(*heif_context_alloc)(void);
typedef void (*heif_context_free)(heif_context *);
typedef void (*heif_context_set_maximum_image_size_limit)(heif_context *, int32_t side);
typedef struct heif_error (*heif_context_read_from_memory_without_copy)(heif_context *, const void *, size_t,
                                                                        const void *options);
typedef struct heif_error (*heif_context_get_primary_image_handle)(heif_context *, heif_image_handle **);
typedef int32_t (*heif_image_handle_size)(const heif_image_handle *);
typedef void (*heif_image_handle_release)(const heif_image_handle *);
typedef struct heif_decoding_options *(*heif_decoding_options_alloc)(void);
typedef void (*heif_decoding_options_free)(struct heif_decoding_options *);
typedef struct heif_error (*heif_decode_image)(const heif_image_handle *, heif_image **, int32_t colorspace,
                                               int32_t chroma, const struct heif_decoding_options *);
typedef int32_t (*heif_image_size)(const heif_image *, int32_t channel);
typedef const uint8_t *(*heif_image_get_plane_readonly)(const heif_image *, int32_t channel, int32_t *stride);
typedef void (*heif_image_release)(const heif_image *);

#endif
