#include <node/test_roots.hpp>

#include <utility>

namespace redoubt::node {

bool has_test_roots() {
    return true;
}

Result<attestation::TrustRoots> test_roots(Bytes certificate) {
    return attestation::TrustRoots::with_intel_root(std::move(certificate));
}

}  // namespace redoubt::node
