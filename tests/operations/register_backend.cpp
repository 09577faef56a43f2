// Makes the backend of src/onednn one that ggml's test program finds.
#include <ggml-backend.h>

#include "onednn/backend.h"

namespace {

[[maybe_unused]] const bool registered =
    (ggml_backend_register(acestep::onednn::registry()), true);

}  // namespace
