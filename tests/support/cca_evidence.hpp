/// Arm CCA tokens that need no shared material: kept inputs of the fuzz target cca_verify, under platform
/// keys of their own. make_cca_evidence.py makes them.
#pragma once

#include <attestation/cca/verifier.hpp>
#include <primitives/hex.hpp>
#include <tests/support/cca_test_key.hpp>

#include <vector>

namespace redoubt::tests {

inline const std::vector<attestation::cca::PlatformKey>& cca_test_keys() {
    static const auto keys = [] {
        std::vector<attestation::cca::PlatformKey> out;
        for (const auto key : kCcaTestKeys) {
            out.push_back({.public_key_info = parse_hex(key).value()});
        }
        return out;
    }();
    return keys;
}

}  // namespace redoubt::tests
