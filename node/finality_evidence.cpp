#include <light-client/finality_tracker.hpp>
#include <node/finality_evidence.hpp>
#include <primitives/crypto/hashing.hpp>
#include <registry-client/json_codec.hpp>
#include <rpc/client.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::node {

using registry_client::BlockHeader;
using rpc::Reply;

namespace {

constexpr std::int64_t kMethodNotFound = -32601;
/// How many justifications are remembered as refused.
constexpr std::size_t kRefusedMax = 4'096;
/// Proofs that are asked for in one search, so that a node that only has bad ones is not asked without end.
constexpr int kProofsPerSearchMax = 16;
/// How long a proof for a later block is kept before the node is asked whether it has that block.
constexpr std::chrono::seconds kAheadCheckInterval{10};

Hash256 refusal_key(ByteView justification, const Hash256& hash) {
    auto both = to_bytes(justification);
    append(both, hash.view());
    return crypto::blake2b_256(both);
}

}  // namespace

bool EvidenceSource::was_refused(ByteView justification, const Hash256& hash) const {
    return std::ranges::find(refused_, refusal_key(justification, hash)) != refused_.end();
}

bool EvidenceSource::fits(const std::optional<FinalityEvidence>& evidence,
                          std::span<const BlockHeader> run) const {
    if (!evidence || evidence->number < run.front().header.number ||
        evidence->number > run.back().header.number) {
        return false;
    }
    return !was_refused(evidence->justification, run[evidence->number - run.front().header.number].hash);
}

void EvidenceSource::refused(ByteView justification, const Hash256& hash) {
    refused_.push_back(refusal_key(justification, hash));
    if (refused_.size() > kRefusedMax) {
        refused_.pop_front();
    }
    ahead_.reset();
}

Task<Reply<std::optional<EvidenceSource::Proof>>> EvidenceSource::prove(std::uint32_t number) {
    if (!proofs_offered_) {
        co_return std::optional<Proof>{};
    }
    auto parameters = nlohmann::json::array({number});
    const auto answer = co_await chain_->rpc().call("grandpa_proveFinality", std::move(parameters));
    if (!answer.has_value()) {
        if (!answer.error().remote) {
            co_return answer.error();
        }
        // Any other answer of the node means that it proves nothing here at present.
        proofs_offered_ = answer.error().remote->code != kMethodNotFound;
        co_return std::optional<Proof>{};
    }
    if (answer.value().is_null()) {
        co_return std::optional<Proof>{};
    }
    BOOST_OUTCOME_CO_TRY(const auto bytes,
                         registry_client::bytes_from_json(answer.value(), "grandpa_proveFinality"));
    auto decoded = light_client::decode_finality_proof(bytes);
    if (!decoded) {
        co_return registry_client::bad_answer("grandpa_proveFinality", decoded.error().message());
    }
    auto& proof = decoded.value();
    // A justification that cannot be read here is the enclave's to refuse, at the block that it is said to
    // be for.
    auto target = number;
    if (const auto justification = light_client::decode_justification(proof.justification)) {
        target = justification.value().target.number;
    } else if (!proof.unknown_headers.empty()) {
        const auto last = substrate::decode_header(proof.unknown_headers.back());
        if (!last) {
            co_return registry_client::bad_answer("grandpa_proveFinality", last.error().message());
        }
        target = last.value().number;
    }
    co_return std::optional{
        Proof{target, proof.block_hash, std::move(proof.justification), std::move(proof.unknown_headers)}};
}

Task<Reply<void>> EvidenceSource::read_stream() {
    if (!stream_offered_) {
        co_return success();
    }
    if (!stream_) {
        rpc::SubscribeOptions options;
        options.subscribe = "grandpa_subscribeJustifications";
        options.unsubscribe = "grandpa_unsubscribeJustifications";
        auto subscribed = co_await chain_->rpc().subscribe(std::move(options));
        if (!subscribed.has_value()) {
            stream_offered_ = !subscribed.error().remote;
            co_return success();
        }
        stream_.emplace(std::move(subscribed.value()));
    }
    for (;;) {
        auto waiting = stream_->next(std::chrono::milliseconds{0});
        auto event = co_await std::move(waiting);
        if (!event.has_value()) {
            if (event.error() != rpc::RpcError::kDeadline) {
                stream_.reset();
            }
            co_return success();
        }
        const auto* notification = std::get_if<rpc::Notification>(&event.value());
        if (notification == nullptr) {
            continue;
        }
        auto bytes = registry_client::bytes_from_json(notification->result, "grandpa_justifications");
        if (!bytes.has_value()) {
            continue;
        }
        const auto justification = light_client::decode_justification(bytes.value());
        if (justification) {
            newest_ = FinalityEvidence{justification.value().target.number, std::move(bytes.value())};
            unreadable_.reset();
        } else {
            unreadable_ = std::move(bytes.value());
        }
    }
}

Task<Reply<void>> EvidenceSource::check_ahead() {
    const auto now = std::chrono::steady_clock::now();
    if (!ahead_ || now - ahead_checked_ < kAheadCheckInterval) {
        co_return success();
    }
    BOOST_OUTCOME_CO_TRY(const auto head, co_await chain_->finalized_head());
    ahead_checked_ = now;
    if (head.number < ahead_->number) {
        ahead_.reset();
    }
    co_return success();
}

Task<Reply<std::optional<FinalityEvidence>>> EvidenceSource::for_one_of(std::span<const BlockHeader> run) {
    const auto& last = run.back();
    BOOST_OUTCOME_CO_TRY(auto block, co_await chain_->block(last.hash));
    block_had_one_ = block_had_one_ || block.grandpa_justification.has_value();
    BOOST_OUTCOME_CO_TRY(co_await read_stream());
    const bool newest_fits = fits(newest_, run);
    if (newest_fits && newest_->number == last.header.number) {
        co_return newest_;
    }
    std::optional<FinalityEvidence> here;
    if (block.grandpa_justification) {
        here = FinalityEvidence{last.header.number, std::move(*block.grandpa_justification)};
    } else if (unreadable_) {
        here = FinalityEvidence{last.header.number, std::move(*unreadable_)};
        unreadable_.reset();
    }
    if (fits(here, run)) {
        co_return here;
    }
    if (newest_fits) {
        co_return newest_;
    }
    if (ahead_ && ahead_->number <= last.header.number && !fits(ahead_, run)) {
        ahead_.reset();
    }
    BOOST_OUTCOME_CO_TRY(co_await check_ahead());
    auto from = run.front().header.number;
    for (int i = 0; !ahead_ && i < kProofsPerSearchMax && from <= last.header.number; ++i) {
        BOOST_OUTCOME_CO_TRY(auto proof, co_await prove(from));
        if (!proof || proof->number < from) {
            break;
        }
        FinalityEvidence found{proof->number, std::move(proof->justification)};
        const bool is_ahead = found.number > last.header.number;
        const auto& hash = is_ahead ? proof->hash : run[found.number - run.front().header.number].hash;
        if (!was_refused(found.justification, hash)) {
            ahead_ = std::move(found);
            ahead_checked_ = std::chrono::steady_clock::now();
        } else if (is_ahead) {
            break;
        }
        from = proof->number + 1;
    }
    // The node's newest proof is kept until the run has caught up with it: asked again, it would be a newer
    // one.
    if (fits(ahead_, run)) {
        co_return std::exchange(ahead_, std::nullopt);
    }
    co_return std::optional<FinalityEvidence>{};
}

Task<Reply<std::optional<FinalityStretch>>> EvidenceSource::from(std::uint32_t first) {
    BOOST_OUTCOME_CO_TRY(auto proof, co_await prove(first));
    if (!proof || proof->number < first) {
        co_return std::optional<FinalityStretch>{};
    }
    BOOST_OUTCOME_CO_TRY(const auto hash, co_await chain_->block_hash(first));
    if (!hash) {
        co_return std::optional<FinalityStretch>{};
    }
    FinalityStretch out;
    BOOST_OUTCOME_CO_TRY(auto head, co_await chain_->header(*hash));
    out.headers.push_back(std::move(head));
    for (auto& bytes : proof->headers) {
        auto header = substrate::decode_header(bytes);
        if (!header) {
            co_return registry_client::bad_answer("grandpa_proveFinality", header.error().message());
        }
        BlockHeader one;
        one.hash = substrate::header_hash(bytes);
        one.header = std::move(header).value();
        one.bytes = std::move(bytes);
        out.headers.push_back(std::move(one));
    }
    if (out.headers.back().header.number != proof->number) {
        co_return registry_client::bad_answer("grandpa_proveFinality",
                                              "the headers do not end at the proven block");
    }
    if (was_refused(proof->justification, out.headers.back().hash)) {
        co_return std::optional<FinalityStretch>{};
    }
    out.justification = std::move(proof->justification);
    co_return std::optional{std::move(out)};
}

}  // namespace redoubt::node
