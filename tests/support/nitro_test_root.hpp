/// The root of the documents in tests/fuzz/corpus/nitro_verify; written by make_nitro_evidence.py.
#pragma once

#include <string_view>

namespace redoubt::tests {

/// SHA-256 of its certificate.
inline constexpr std::string_view kNitroTestRoot =
    "71bdf05d8ddc3ca233edb20ef409d7acd738d6ecef050c8e2b23c736ce00e44c";

}  // namespace redoubt::tests
