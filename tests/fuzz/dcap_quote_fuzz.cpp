// Quotes: every byte of a decoded one is accounted for, zeros may follow, and no prefix of it decodes.
#include <attestation/dcap/quote.hpp>

using namespace redoubt;                     // NOLINT: a fuzz target is one function
using namespace redoubt::attestation::dcap;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto parsed = parse_quote(input);
    if (!parsed) {
        return 0;
    }
    const auto& quote = parsed.value();
    const auto own_bytes = quote.signed_bytes.size() + 4 + quote.auth_bytes;
    REDOUBT_ASSERT(own_bytes + quote.trailing_bytes == size);
    REDOUBT_ASSERT(quote.qe_report.size() == 384 && quote.signature.size() == 64);
    REDOUBT_ASSERT(quote.certification_data.data() + quote.certification_data.size() == data + own_bytes);
    if (quote.certification_type <= CertificationType::kEncryptedPpid3072) {
        static_cast<void>(read_platform_tcb(quote));
    }
    REDOUBT_ASSERT(!parse_quote(input.first(own_bytes - 1)));
    auto longer = to_bytes(input);
    longer.push_back(0);
    const auto again = parse_quote(longer);
    REDOUBT_ASSERT(!again || equal(again.value().signed_bytes, quote.signed_bytes));
    longer.back() = 1;
    REDOUBT_ASSERT(!parse_quote(longer));
    return 0;
}
