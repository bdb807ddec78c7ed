#include <enclave/endpoint/connection.hpp>

#include <enclave/endpoint/endpoint_error.hpp>
#include <enclave/endpoint/json_rpc.hpp>

#include <utility>

namespace redoubt::enclave::endpoint {

namespace {

std::size_t proven_bytes(const ChainReads& reads) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : reads.proven) {
        bytes += key.size() + (value ? value->size() : 0);
    }
    return bytes;
}

}  // namespace

Connection::Connection(const TlsContext& context, const EndpointBackend& backend)
    : backend_(backend), tls_(context) {
}

Effects Connection::receive(ByteView bytes) {
    if (phase_ == Phase::kOver || bytes.size() > kReceiveBytesMax) {
        phase_ = Phase::kOver;
        return {.close = true};
    }
    Effects effects;
    Bytes plaintext;
    const auto status = tls_.receive(bytes, plaintext);
    if (phase_ == Phase::kHandshake) {
        handshake_bytes_ += bytes.size();
        if (tls_.is_ready()) {
            phase_ = Phase::kUpgrade;
        } else if (handshake_bytes_ > kHandshakeBytesMax) {
            phase_ = Phase::kOver;
        }
    }
    handle_plaintext(plaintext, effects);
    if (status == TlsSession::Status::kFailed) {
        phase_ = Phase::kOver;
    } else if (status == TlsSession::Status::kClosed) {
        tls_.shut_down();
        phase_ = Phase::kOver;
    }
    return finish(std::move(effects));
}

Effects Connection::end_for_lack_of_memory() {
    Bytes out;
    websocket_.close(CloseCode::kTryAgainLater, "the worker holds too many unfinished messages", out);
    tls_.send(out);
    tls_.shut_down();
    phase_ = Phase::kOver;
    return finish({});
}

void Connection::handle_plaintext(ByteView bytes, Effects& effects) {
    if (phase_ == Phase::kUpgrade && !bytes.empty()) {
        bytes = handle_upgrade(bytes, effects);
    }
    if (phase_ != Phase::kMessages || bytes.empty()) {
        return;
    }
    if (!is_waiting_for_evidence_) {
        handle_messages(bytes, {});
    } else if (rest_.size() + bytes.size() <= kBehindEvidenceBytesMax) {
        append(rest_, bytes);
    } else {
        Bytes out;
        websocket_.close(CloseCode::kPolicyViolation, "wait for the evidence before you send more requests",
                         out);
        tls_.send(out);
        tls_.shut_down();
        phase_ = Phase::kOver;
    }
}

ByteView Connection::handle_upgrade(ByteView bytes, Effects& effects) {
    const auto [status, consumed] = upgrade_.receive(bytes);
    if (status == HttpUpgrade::Status::kNeedMore) {
        return {};
    }
    tls_.send(bytes_of(upgrade_.response()));
    if (status == HttpUpgrade::Status::kRefused) {
        tls_.shut_down();
        phase_ = Phase::kOver;
        return {};
    }
    phase_ = Phase::kMessages;
    effects.established = true;
    return bytes.subspan(consumed);
}

bool Connection::answer(Bytes& out) {
    auto text = answer_json_rpc(backend_, websocket_.message(), reads_);
    if (!reads_.missing.empty() && reads_.failure.empty()) {
        const bool may_wait = read_rounds_ < kReadRoundsMax && proven_bytes(reads_) <= kProvenBytesMax;
        if (reads_.block && may_wait && !reads_.evidence) {
            is_waiting_ = true;
            return false;
        }
        reads_.failure = !reads_.block     ? "no block was imported yet"
                         : reads_.evidence ? "another block came: ask for evidence in a message of its own"
                                           : "it is too much: ask for less at once";
        text = answer_json_rpc(backend_, websocket_.message(), reads_);
    }
    if (!reads_.evidence_nonce.empty() && !reads_.evidence) {
        if (evidence_given_ < kEvidencePerConnectionMax) {
            ++evidence_given_;
            is_waiting_for_evidence_ = true;
            has_new_question_ = true;
            return false;
        }
        reads_.evidence = EndpointError::kTooMuchEvidence;
        reads_.may_ask_for_evidence_again = true;
        text = answer_json_rpc(backend_, websocket_.message(), reads_);
    }
    if (text) {
        WebSocketSession::append_text(out, *text);
    }
    reads_ = {};
    read_rounds_ = 0;
    return true;
}

Effects Connection::give_state(ByteView header, std::span<const Bytes> proof) {
    is_waiting_ = false;
    ++read_rounds_;
    if (header.empty()) {
        reads_.failure = "the worker did not get it from its chain node: ask again";
    } else if (!backend_.prove_reads(header, proof, reads_)) {
        reads_.failure = "the worker's chain node gave no proof that holds: ask again";
    }
    reads_.missing.clear();
    Bytes out;
    if (answer(out)) {
        const auto rest = std::exchange(rest_, {});
        handle_messages(rest, std::move(out));
    }
    return finish({});
}

std::optional<Bytes> Connection::take_evidence_question() {
    return std::exchange(has_new_question_, false) ? std::optional{reads_.evidence_nonce} : std::nullopt;
}

Effects Connection::give_evidence(EvidenceAnswer given) {
    is_waiting_for_evidence_ = false;
    reads_.evidence = std::move(given.bundle);
    reads_.may_ask_for_evidence_again = given.may_ask_again;
    Bytes out;
    if (answer(out)) {
        const auto rest = std::exchange(rest_, {});
        handle_messages(rest, std::move(out));
    }
    return finish({});
}

std::size_t Connection::buffered_bytes() const noexcept {
    return websocket_.buffered_bytes() + rest_.capacity() + proven_bytes(reads_);
}

void Connection::handle_messages(ByteView bytes, Bytes out) {
    for (;;) {
        if (out.size() > kOutgoingBytesMax) {
            websocket_.close(CloseCode::kPolicyViolation, "read the answers before you send more requests",
                             out);
            phase_ = Phase::kOver;
            break;
        }
        const auto step = websocket_.receive(bytes, out);
        if (step == WebSocketSession::Step::kNeedMore) {
            break;
        }
        if (step == WebSocketSession::Step::kClosed) {
            phase_ = Phase::kOver;
            break;
        }
        if (!answer(out)) {
            rest_ = to_bytes(bytes);
            break;
        }
    }
    tls_.send(out);
    if (phase_ == Phase::kOver) {
        tls_.shut_down();
    }
}

Effects Connection::finish(Effects effects) {
    effects.bytes = tls_.take_outgoing();
    effects.close = phase_ == Phase::kOver;
    return effects;
}

}  // namespace redoubt::enclave::endpoint
