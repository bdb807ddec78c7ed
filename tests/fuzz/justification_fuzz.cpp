// GRANDPA justifications: what decodes encodes to the same bytes, nothing verifies that the authorities did
// not sign, and a genuine justification with one byte changed is refused.
#include <tests/support/grandpa_voters.hpp>

using namespace redoubt;                // NOLINT: a fuzz target is one function
using namespace redoubt::light_client;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const tests::GrandpaVoters authorities{4};
    static const auto voters = authorities.set();
    static const auto target = tests::ref_to(tests::child_of(tests::ref_to(substrate::Header{})));
    static const auto genuine = encode(authorities.justify(target, 0));
    const ByteView input{data, size};
    const auto check = [&](ByteView bytes) {
        const auto decoded = decode_justification(bytes);
        if (!decoded) {
            return;
        }
        REDOUBT_ASSERT(equal(encode(decoded.value()), bytes));
        for (const auto& expected : {target, decoded.value().target}) {
            if (verify_justification(decoded.value(), 0, voters, expected)) {
                // Others that verify hold the same votes: they cannot be signed here.
                REDOUBT_ASSERT(decoded.value().target == target);
            }
        }
    };
    check(input);
    if (size >= 3) {
        auto altered = genuine;
        altered[(data[0] | (std::size_t{data[1]} << 8U)) % altered.size()] ^= data[2];
        check(altered);
        const auto decoded = decode_justification(altered);
        REDOUBT_ASSERT(data[2] == 0 || !decoded || !verify_justification(decoded.value(), 0, voters, target));
    }
    return 0;
}
