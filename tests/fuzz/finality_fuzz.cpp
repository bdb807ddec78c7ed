// What moves the finality tracker: header batches with set changes, warp sync responses, finality proofs.
// What is refused changes nothing, nothing moves it back, and a genuine next block is accepted afterwards
// unless the tracker has halted.
#include <primitives/scale.hpp>
#include <tests/support/grandpa_voters.hpp>

using namespace redoubt;                // NOLINT: a fuzz target is one function
using namespace redoubt::light_client;  // NOLINT

namespace {

void check(FinalityTracker& tracker, const FinalityState& before, bool was_accepted) {
    const auto& after = tracker.state();
    REDOUBT_ASSERT(was_accepted || after == before);
    REDOUBT_ASSERT(after.finalized.block.number >= before.finalized.block.number);
    REDOUBT_ASSERT(after.set_id >= before.set_id);
    REDOUBT_ASSERT(!tracker.recent().empty() && tracker.recent().back() == after.finalized);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const tests::GrandpaVoters authorities{4};
    static const auto start = [] {
        substrate::Header genesis;
        return FinalityTracker::from({.finalized = {.block = tests::ref_to(genesis), .state_root = {}},
                                      .set_id = 0,
                                      .authorities = authorities.list(),
                                      .pending = std::nullopt})
            .value();
    }();
    if (size == 0) {
        return 0;
    }
    const ByteView input{data + 1, size - 1};
    auto tracker = start;
    const auto before = tracker.state();
    if (data[0] % 3 == 0) {
        // The headers of a batch, whose last one is justified by the authorities or as the input says.
        ByteCursor in{input};
        auto headers = scale::read<std::vector<Bytes>>(in);
        if (!headers || headers.value().empty()) {
            return 0;
        }
        auto justification = to_bytes(in.rest());
        if (const auto last = substrate::decode_header(headers.value().back());
            last && justification.empty()) {
            justification = encode(authorities.justify(tests::ref_to(last.value()), 0));
        }
        check(tracker, before, tracker.submit(headers.value(), ByteView{justification}).has_value());
    } else if (data[0] % 3 == 1) {
        check(tracker, before, tracker.submit_warp_sync(input).has_value());
    } else if (const auto proof = decode_finality_proof(input)) {
        auto again = scale::encode_all(proof.value().block_hash, proof.value().justification);
        scale::append_compact(again, proof.value().unknown_headers.size());
        for (const auto& header : proof.value().unknown_headers) {
            append(again, header);
        }
        REDOUBT_ASSERT(equal(again, input));
        const auto moved =
            tracker.submit(proof.value().unknown_headers, ByteView{proof.value().justification});
        check(tracker, before, moved.has_value());
    }
    if (!tracker.halted() && tracker.state() == before) {
        const auto next = tests::child_of(before.finalized.block);
        const std::vector<Bytes> headers{substrate::encode(next)};
        const auto justification = encode(authorities.justify(tests::ref_to(next), 0));
        REDOUBT_ASSERT(tracker.submit(headers, ByteView{justification}).has_value());
    }
    return 0;
}
