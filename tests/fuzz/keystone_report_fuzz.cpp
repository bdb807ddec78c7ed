// Keystone reports: what is read lies inside of the input, and nothing is verified that the tests' keys did
// not sign for the kept inputs.
#include <attestation/keystone/report.hpp>
#include <attestation/keystone/verifier.hpp>
#include <tests/support/kept_signatures.hpp>
#include <tests/support/keystone_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

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
        static tests::KeptSignatures kept{2};
        kept.verified(parsed.value().claims.data);
    }
    return 0;
}
