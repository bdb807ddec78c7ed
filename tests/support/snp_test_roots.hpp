/// The keys of the roots of the evidence in tests/fuzz/corpus/snp_verify; written by make_snp_evidence.py.
#pragma once

#include <array>
#include <string_view>

namespace redoubt::tests {

struct SnpTestRoot {
    std::string_view product;
    std::string_view key_sha256;
};

inline constexpr auto kSnpTestRoots = std::to_array<SnpTestRoot>({
    {"Milan", "f0fe71c5eade0cc205ca279fd1ae2113ce6850882ef2a5c3df49232fde227c3d"},
    {"Genoa", "d1480e3217805aba672f30e49a0801d160c629b87ea7a43adbd2cb7185b6e16f"},
    {"Turin", "33ba32b3586e1891ae1f74ddb478baddac89e7a69396cff2aa2930002890a810"},
});

}  // namespace redoubt::tests
