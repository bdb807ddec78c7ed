#include <enclave/endpoint/endpoint.hpp>

#include <boundary/refusal.hpp>
#include <enclave/endpoint/connection.hpp>
#include <enclave/endpoint/tls_session.hpp>
#include <primitives/hex.hpp>

#include <map>
#include <utility>

namespace redoubt::enclave::endpoint {
namespace {

using boundary::ClientEffects;
using boundary::Refusal;

/// First byte of the endpoint's part of the sealed identity.
constexpr std::uint8_t kIdentityVersion = 1;

ClientEffects effects_of(std::uint64_t connection, Effects effects) {
    ClientEffects out;
    out.effects.push_back({.connection = connection,
                           .bytes = std::move(effects.bytes),
                           .close = effects.close,
                           .established = effects.established});
    return out;
}

}  // namespace

struct Endpoint::State {
    const EndpointBackend& backend;
    TlsContext tls;
    Bytes ed25519_certificate;
    Bytes p256_certificate;
    Hash256 ed25519_spki_sha256;
    Hash256 p256_spki_sha256;
    std::map<std::uint64_t, Connection> connections;
    /// Sum of Connection::buffered_bytes().
    std::size_t buffered_bytes = 0;
    std::vector<EvidenceQuestion> evidence_questions{};
};

Result<std::unique_ptr<Endpoint>> Endpoint::create(const TlsKeys& keys,
                                                   std::span<const std::string> names,
                                                   const EndpointBackend& backend) {
    const CertificateSubject subject{.common_name = to_hex(backend.fingerprint().view()), .names = names};
    BOOST_OUTCOME_TRY(auto tls, TlsContext::create(keys, subject));
    BOOST_OUTCOME_TRY(auto ed25519, encode_certificate(tls.ed25519_certificate()));
    BOOST_OUTCOME_TRY(auto p256, encode_certificate(tls.p256_certificate()));
    BOOST_OUTCOME_TRY(const auto ed25519_spki, spki_sha256(tls.ed25519_certificate()));
    BOOST_OUTCOME_TRY(const auto p256_spki, spki_sha256(tls.p256_certificate()));
    auto state = std::make_unique<State>(State{
        .backend = backend,
        .tls = std::move(tls),
        .ed25519_certificate = std::move(ed25519),
        .p256_certificate = std::move(p256),
        .ed25519_spki_sha256 = ed25519_spki,
        .p256_spki_sha256 = p256_spki,
        .connections = {},
        .buffered_bytes = 0,
        .evidence_questions = {},
    });
    return std::unique_ptr<Endpoint>{new Endpoint{std::move(state)}};
}

Endpoint::Endpoint(std::unique_ptr<State> state) : state_(std::move(state)) {
}
Endpoint::~Endpoint() = default;

Result<ClientEffects> Endpoint::opened(std::uint64_t connection) {
    auto& connections = state_->connections;
    if (connections.contains(connection)) {
        return Refusal::kOutOfOrder;
    }
    if (connections.size() >= kConnectionsMax) {
        return Refusal::kTooManyClients;
    }
    connections.try_emplace(connection, state_->tls, state_->backend);
    return ClientEffects{};
}

Result<ClientEffects> Endpoint::received(std::uint64_t connection, ByteView bytes) {
    const auto found = state_->connections.find(connection);
    if (found == state_->connections.end()) {
        return Refusal::kUnknownConnection;
    }
    if (found->second.is_waiting()) {
        return Refusal::kOutOfOrder;
    }
    return serve(connection, [&](Connection& client) { return client.receive(bytes); });
}

Result<ClientEffects> Endpoint::state_given(const boundary::ClientState& state) {
    const auto found = state_->connections.find(state.connection);
    if (found == state_->connections.end()) {
        return Refusal::kUnknownConnection;
    }
    if (!found->second.is_waiting()) {
        return Refusal::kChainStateUnwanted;
    }
    return serve(state.connection,
                 [&](Connection& client) { return client.give_state(state.header, state.proof); });
}

std::vector<EvidenceQuestion> Endpoint::take_evidence_questions() {
    return std::exchange(state_->evidence_questions, {});
}

ClientEffects Endpoint::evidence_given(EvidenceAnswer answer) {
    const auto found = state_->connections.find(answer.connection);
    if (found == state_->connections.end() || !found->second.is_waiting_for_evidence() ||
        found->second.reads().evidence_nonce != answer.nonce) {
        return {};
    }
    return serve(answer.connection,
                 [&](Connection& client) { return client.give_evidence(std::move(answer)); });
}

template <class Action>
ClientEffects Endpoint::serve(std::uint64_t connection, Action action) {
    const auto found = state_->connections.find(connection);
    auto& client = found->second;
    state_->buffered_bytes -= client.buffered_bytes();
    auto effects = action(client);
    const auto held = client.buffered_bytes();
    if (!effects.close && state_->buffered_bytes + held > kBufferedBytesTotalMax) {
        const auto last = client.end_for_lack_of_memory();
        append(effects.bytes, last.bytes);
        effects.close = true;
    }
    std::optional<boundary::StateNeeded> needed;
    if (effects.close) {
        state_->connections.erase(found);
    } else {
        state_->buffered_bytes += held;
        if (auto nonce = client.take_evidence_question()) {
            state_->evidence_questions.push_back({.connection = connection, .nonce = std::move(*nonce)});
        }
        if (client.is_waiting()) {
            needed = boundary::StateNeeded{.block = *client.reads().block, .keys = client.reads().missing};
        }
    }
    auto out = effects_of(connection, std::move(effects));
    out.needed = std::move(needed);
    return out;
}

ClientEffects Endpoint::closed(std::uint64_t connection) {
    const auto found = state_->connections.find(connection);
    if (found != state_->connections.end()) {
        state_->buffered_bytes -= found->second.buffered_bytes();
        state_->connections.erase(found);
    }
    return {};
}

std::uint32_t Endpoint::clients() const {
    return static_cast<std::uint32_t>(state_->connections.size());
}

Hash256 Endpoint::tls_spki_sha256() const {
    return state_->p256_spki_sha256;
}

Hash256 Endpoint::ed25519_spki_sha256() const {
    return state_->ed25519_spki_sha256;
}

ByteView Endpoint::ed25519_certificate() const noexcept {
    return state_->ed25519_certificate;
}

ByteView Endpoint::p256_certificate() const noexcept {
    return state_->p256_certificate;
}

Result<crypto::SecretBuffer> TlsEndpointFactory::create_identity() {
    const auto scalar = make_p256_scalar();
    crypto::SecretBuffer out{1 + scalar.kSize};
    out.expose_mut()[0] = kIdentityVersion;
    std::ranges::copy(scalar.expose(), out.expose_mut().subspan(1).begin());
    return out;
}

Result<std::unique_ptr<ClientEndpoint>> TlsEndpointFactory::make(const EndpointBackend& backend,
                                                                 std::span<const std::string> tls_names,
                                                                 std::uint64_t /*host_time_ms*/) {
    const auto identity = backend.identity_extension();
    constexpr auto kScalarBytes = crypto::SecretBytes<32>::kSize;
    if (identity.size() != 1 + kScalarBytes || identity[0] != kIdentityVersion) {
        return EndpointError::kBadIdentity;
    }
    const TlsKeys keys{
        .ed25519_seed = backend.signing_seed().clone(),
        .p256_scalar = crypto::SecretBytes<32>::copy_of(identity.subspan<1, kScalarBytes>()),
    };
    BOOST_OUTCOME_TRY(auto endpoint, Endpoint::create(keys, tls_names, backend));
    return std::unique_ptr<ClientEndpoint>{std::move(endpoint)};
}

}  // namespace redoubt::enclave::endpoint
