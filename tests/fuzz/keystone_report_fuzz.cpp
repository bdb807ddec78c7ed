// Keystone reports: what is read lies inside of the input, and nothing is verified that the tests' keys did
// not sign for the kept inputs.
#include <attestation/keystone/report.hpp>
#include <attestation/keystone/verifier.hpp>
#include <tests/support/keystone_evidence.hpp>

#include <set>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

namespace {

/// The data of the verified reports; filled from the kept inputs.
std::set<Bytes>& signed_data() {
    static std::set<Bytes> out;
    return out;
}

constexpr std::size_t kKept = 2;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto parsed = keystone::parse_report(input);
    REDOUBT_ASSERT(!parsed || (size == keystone::kReportBytes &&
                               parsed.value().claims.data.size() <= keystone::kDataBytesMax));
    static const auto key = tests::keystone_device_key();
    const auto verdict =
        keystone::verify_report(input, {.time = {1'800'000'000}, .device_keys = std::span{&key, 1}});
    REDOUBT_ASSERT(verdict.checks.size() == keystone::kChecks.size());
    if (verdict.is_verified()) {
        signed_data().insert(parsed.value().claims.data);
        REDOUBT_ASSERT(signed_data().size() <= kKept);
    }
    return 0;
}
