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

}  // namespace

bool EvidenceSource::was_refused(ByteView justification) const {
    return std::ranges::find(refused_, crypto::blake2b_256(justification)) != refused_.end();
}

void EvidenceSource::refused(ByteView justification) {
    refused_.push_back(crypto::blake2b_256(justification));
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
    const auto justification = light_client::decode_justification(decoded.value().justification);
    if (!justification) {
        co_return registry_client::bad_answer("grandpa_proveFinality", justification.error().message());
    }
    co_return std::optional{Proof{justification.value().target.number,
                                  std::move(decoded.value().justification),
                                  std::move(decoded.value().unknown_headers)}};
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
        }
    }
}

Task<Reply<std::optional<FinalityEvidence>>> EvidenceSource::for_one_of(std::span<const BlockHeader> run) {
    const auto& last = run.back();
    BOOST_OUTCOME_CO_TRY(auto block, co_await chain_->block(last.hash));
    block_had_one_ = block_had_one_ || block.grandpa_justification.has_value();
    BOOST_OUTCOME_CO_TRY(co_await read_stream());
    const bool newest_fits = newest_ && newest_->number >= run.front().header.number &&
                             newest_->number <= last.header.number && !was_refused(newest_->justification);
    if (newest_fits && newest_->number == last.header.number) {
        co_return newest_;
    }
    if (auto& stored = block.grandpa_justification; stored && !was_refused(*stored)) {
        co_return std::optional{FinalityEvidence{last.header.number, std::move(*stored)}};
    }
    if (newest_fits) {
        co_return newest_;
    }
    if (ahead_ && ahead_->number < run.front().header.number) {
        ahead_.reset();
    }
    auto from = run.front().header.number;
    for (int i = 0; !ahead_ && i < kProofsPerSearchMax && from <= last.header.number; ++i) {
        BOOST_OUTCOME_CO_TRY(auto proof, co_await prove(from));
        if (!proof || proof->number < from) {
            break;
        }
        if (was_refused(proof->justification)) {
            from = proof->number + 1;
            continue;
        }
        ahead_ = FinalityEvidence{proof->number, std::move(proof->justification)};
    }
    // The node's newest proof is kept until the run has caught up with it: asked again, it would be a newer
    // one.
    if (ahead_ && ahead_->number <= last.header.number) {
        co_return std::exchange(ahead_, std::nullopt);
    }
    co_return std::optional<FinalityEvidence>{};
}

Task<Reply<std::optional<FinalityStretch>>> EvidenceSource::from(std::uint32_t first) {
    BOOST_OUTCOME_CO_TRY(auto proof, co_await prove(first));
    if (!proof || proof->number < first || was_refused(proof->justification)) {
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
    out.justification = std::move(proof->justification);
    co_return std::optional{std::move(out)};
}

}  // namespace redoubt::node
