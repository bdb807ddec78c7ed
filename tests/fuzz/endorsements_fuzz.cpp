// Endorsements in JSON, of each type of evidence: what is read is written as a text that is read as the same.
#include <attestation/bundle/endorsement_codec.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_of({data, size});
    for (const auto type : {EvidenceType::kSgxDcap, EvidenceType::kSnp, EvidenceType::kParavisor}) {
        const auto read = parse_endorsements(type, text);
        if (!read) {
            continue;
        }
        const auto written = encode(read.value());
        const auto again = parse_endorsements(type, written);
        REDOUBT_ASSERT(again && again.value().index() == read.value().index());
        REDOUBT_ASSERT(encode(again.value()) == written);
    }
    REDOUBT_ASSERT(!parse_endorsements(EvidenceType::kNitro, text));
    return 0;
}
