// Strict JSON and the containers read with it: what it takes, an ordinary parser takes too, and the exact
// range of a value is what was skipped.
#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/signed_document.hpp>
#include <attestation/json/json_cursor.hpp>

#include <nlohmann/json.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_of(ByteView{data, size});
    JsonCursor cursor{text};
    const auto value = cursor.skip_value();
    if (value && cursor.expect_end()) {
        REDOUBT_ASSERT(nlohmann::json::accept(text.begin(), text.end()));
        JsonCursor again{value.value()};
        const auto same = again.skip_value();
        REDOUBT_ASSERT(same && same.value() == value.value());
    }
    static_cast<void>(dcap::parse_collateral(text));
    for (const auto* member : {"tcbInfo", "enclaveIdentity"}) {
        if (const auto document = dcap::read_signed_document(text, member)) {
            REDOUBT_ASSERT(document.value().text.starts_with('{') && document.value().text.ends_with('}'));
        }
    }
    return 0;
}
