#include <tools/wallet/worker.hpp>

#include <chrono>
#include <limits>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <rpc/method.hpp>
#include <tools/wallet/evidence_verification.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/return_value.hpp>

namespace redoubt::wallet {
namespace {

using rpc::RpcError;

constexpr std::chrono::milliseconds kCallTimeout{15'000};
constexpr std::chrono::milliseconds kConnectTimeout{8'000};
constexpr std::size_t kMessageBytesMax = std::size_t{4} << 20U;

/// Errors of redoubt_evidence. @source docs/PROTOCOL.md, "Trusted endpoint"
constexpr std::int64_t kEvidenceDelayed = -32020;
constexpr std::int64_t kEvidenceUnavailable = -32021;

Failure worker_failure(const rpc::Failure& failure, const std::string& url) {
    const auto message = "the worker at " + printable(url) + " cannot be used: " + failure.describe();
    if (failure == RpcError::kPeerKeyMismatch || failure == RpcError::kCertificateRejected) {
        return untrusted(
            "worker_key_mismatch", message,
            "Whoever answers there is not the registered enclave. Send it nothing; check the URL, or wait "
            "until the worker has registered again.");
    }
    if (failure == RpcError::kRemoteError) {
        return refused("worker_refused", message, "The worker may speak another version of the protocol.");
    }
    if (failure == RpcError::kBadUrl) {
        return usage_failure("worker_url_invalid", message, "Write wss://HOST:PORT.");
    }
    return unreachable(
        "worker_unreachable", message,
        "Check that the worker runs and that its registered URL can be reached from here; "
        "another URL of it can be named (--worker, or the TARGET of `redoubt worker verify`).");
}

/// The worker is the registered one and answers, and cannot show evidence.
/// @param code  kEvidenceDelayed or kEvidenceUnavailable
Failure without_evidence(std::int64_t code, const rpc::Failure& failure, const std::string& url) {
    const auto message =
        "the worker at " + printable(url) + " has no evidence to show: " + failure.describe();
    if (code == kEvidenceDelayed) {
        return unreachable(
            "worker_evidence_delayed", message,
            "Nothing was sent: ask again in some minutes. When it stays so, its operator has to look at the "
            "TEE; --worker names another worker.");
    }
    return unreachable("worker_evidence_unavailable", message,
                       "Nothing was sent. Its operator has to look at it, and --worker names another one.");
}

/// The worker is the registered one, and says nothing of its evidence.
Failure evidence_overdue(std::chrono::milliseconds waited, const std::string& url) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(waited).count();
    return unreachable("worker_evidence_delayed",
                       "the worker at " + printable(url) + " answers, and has shown no evidence within " +
                           std::to_string(seconds) + " s: its TEE is slow or hangs",
                       "Nothing was sent: ask again in a minute. When it stays so its operator has to look "
                       "at the TEE and, for "
                       "SGX and TDX, at the host's quoting service; --worker names another one.");
}

Failure no_worker(const ShardView& view) {
    const auto shard = to_base58(view.shard);
    if (view.enclaves_registered == 0) {
        return unreachable("no_worker", "no enclave is registered on this chain",
                           "Start a worker (redoubtd run), or connect to the chain where one is registered.");
    }
    if (!view.config && view.signers.empty()) {
        return refused(
            "shard_unknown", "the chain knows no shard " + shard,
            "See `redoubt shard show` and `redoubt registry list` for the shards and enclaves there are.");
    }
    return untrusted(
        "worker_wrong_fingerprint",
        "none of the " + std::to_string(view.enclaves_registered) +
            " registered enclaves runs the code that shard " + shard + " trusts (fingerprint " +
            to_base58(view.fingerprint) + ")",
        "See `redoubt registry list` and `redoubt shard show`: either the shard is another one, or its "
        "configuration awaits an upgrade.");
}

/// The chain's word for a shard's program has to be the user's.
Fallible<void> require_pinned_program(const Settings& settings, const ShardView& view) {
    BOOST_OUTCOME_TRY(const auto pinned, pinned_fingerprint(settings));
    if (pinned && *pinned != view.fingerprint) {
        return untrusted(
            "program_not_pinned",
            "the chain says that shard " + to_base58(view.shard) + " runs the program " +
                to_base58(view.fingerprint) + ", not the pinned " + to_base58(*pinned),
            "Send it nothing unless you know why: another node may tell the truth; after an upgrade "
            "pin the new program, once its fingerprint comes from who builds it.");
    }
    return success();
}

}  // namespace

rpc::ClientOptions worker_options(const EnclaveEntry& enclave, const std::string& url) {
    rpc::ClientOptions options;
    options.url = url;
    options.tls.pinned_ed25519_public_key =
        FixedBytes<32>::copy_of(std::span<const std::uint8_t, 32>{enclave.account.bytes});
    options.connect_timeout = kConnectTimeout;
    options.call_timeout = kCallTimeout;
    // A worker answers no ping while a question waits for its TEE; each call has a deadline of its own.
    options.idle_timeout = kEvidenceTimeout + kCallTimeout;
    options.message_bytes_max = kMessageBytesMax;
    return options;
}

Task<Fallible<WorkerPtr>> Worker::connect(Context& context,
                                          ShardView view,
                                          std::optional<std::string> url,
                                          Judge judge) {
    BOOST_OUTCOME_CO_TRY(require_pinned_program(context.settings(), view));
    if (view.workers.empty()) {
        co_return no_worker(view);
    }
    // Of several failures the one of the worker that came furthest is told: one that is away must not hide
    // why another was refused.
    enum class Reached { kNothing, kOtherShard, kAddress, kWorker };
    auto reached = Reached::kNothing;
    std::optional<Failure> failed;
    const auto note = [&](Reached how_far, Failure failure) {
        if (how_far >= reached) {
            reached = how_far;
            failed = std::move(failure);
        }
    };
    for (const auto& candidate : view.workers) {
        const auto target = url.value_or(candidate.enclave.url);
        if (target.empty()) {
            continue;
        }
        if (!target.starts_with("wss://")) {
            note(Reached::kAddress, untrusted("worker_without_tls",
                                              "the worker's URL " + printable(target) +
                                                  " is not encrypted, so nobody can tell who answers there",
                                              "Use a wss:// URL that ends inside the enclave."));
            continue;
        }
        context.stage("connecting to the worker at " + printable(target));
        auto options = worker_options(candidate.enclave, target);
        auto client = co_await rpc::Client::connect(context.executor(), std::move(options));
        if (!client) {
            note(Reached::kAddress, worker_failure(client.error(), target));
            continue;
        }
        auto worker = std::make_shared<Worker>(candidate.enclave, target, std::move(client).value());
        auto identity = co_await worker->check_identity(view);
        if (identity) {
            identity = co_await judge(worker);
        }
        if (identity) {
            co_return worker;
        }
        // One worker may carry several shards with the same code: the endpoint of another one says nothing of
        // this shard's.
        const bool is_other_shard = identity.error().code == "worker_wrong_shard";
        note(is_other_shard ? Reached::kOtherShard : Reached::kWorker, identity.error());
    }
    if (failed) {
        co_return *failed;
    }
    co_return unreachable("worker_unreachable", "no worker of the shard has registered a URL",
                          "Name one: --worker wss://HOST:PORT, or as the TARGET of `redoubt worker verify`.");
}

Task<Fallible<std::string>> Worker::ask(std::string method, std::string parameter) {
    nlohmann::json params = nlohmann::json::array();
    if (!parameter.empty()) {
        params.push_back(std::move(parameter));
    }
    const auto reply = co_await client_->call(std::move(method), std::move(params));
    if (!reply) {
        co_return worker_failure(reply.error(), url_);
    }
    if (!reply.value().is_string()) {
        co_return malformed_answer("no text");
    }
    co_return reply.value().get<std::string>();
}

Task<Fallible<void>> Worker::check_identity(ShardView view) {
    BOOST_OUTCOME_CO_TRY(const auto fingerprint_hex, co_await ask("author_getFingerprint", ""));
    BOOST_OUTCOME_CO_TRY(const auto fingerprint, read_return_value(fingerprint_hex));
    if (!equal(fingerprint, view.fingerprint.view())) {
        co_return untrusted("worker_wrong_fingerprint",
                            "the worker at " + printable(url_) + " runs other code than the shard trusts",
                            "Wait until it has registered again, or use another worker.");
    }
    BOOST_OUTCOME_CO_TRY(const auto shard_hex, co_await ask("author_getShard", ""));
    BOOST_OUTCOME_CO_TRY(const auto shard, read_return_value(shard_hex));
    if (!equal(shard, view.shard.view())) {
        co_return untrusted(
            "worker_wrong_shard",
            "the worker at " + printable(url_) + " serves another shard than " + to_base58(view.shard),
            "Name the shard with --shard, or the URL of a worker that serves it (--worker, or the TARGET of "
            "`redoubt worker verify`).");
    }
    co_return success();
}

Task<Fallible<crypto::RsaPublicKey>> Worker::shielding_key() {
    BOOST_OUTCOME_CO_TRY(const auto hex, co_await ask("author_getShieldingKey", ""));
    BOOST_OUTCOME_CO_TRY(const auto value, read_return_value(hex));
    BOOST_OUTCOME_CO_TRY(const auto json, read_string_value(value));
    auto key = crypto::RsaPublicKey::from_json(json);
    if (!key) {
        co_return malformed_answer("the shielding key: " + key.error().message());
    }
    co_return std::move(key).value();
}

Task<Fallible<std::string>> Worker::evidence(Bytes nonce, std::chrono::milliseconds timeout) {
    auto params = nlohmann::json::array({to_hex_0x(nonce)});
    const auto reply = co_await client_->call("redoubt_evidence", std::move(params), timeout);
    if (!reply) {
        if (reply.error() == RpcError::kDeadline) {
            co_return evidence_overdue(timeout, url_);
        }
        const auto& remote = reply.error().remote;
        if (remote && remote->code == rpc::code::kMethodNotFound) {
            co_return untrusted(
                "worker_without_evidence",
                "the worker at " + printable(url_) + " shows no evidence of what it is",
                "Use a worker that does. With --trust-registry the chain's registry is believed "
                "instead.");
        }
        if (reply.error() == RpcError::kBadAnswer) {
            co_return malformed_answer("the evidence: " + reply.error().describe());
        }
        if (remote && (remote->code == kEvidenceDelayed || remote->code == kEvidenceUnavailable)) {
            co_return without_evidence(remote->code, reply.error(), url_);
        }
        co_return worker_failure(reply.error(), url_);
    }
    // Nothing is lost in writing it again: the client takes no message that names a member twice.
    co_return reply.value().dump();
}

Task<Fallible<std::optional<Bytes>>> Worker::execute_getter(Hash256 shard, stf::Getter getter) {
    const stf::Request request{.shard = shard, .cyphertext = scale::encode(getter)};
    BOOST_OUTCOME_CO_TRY(const auto hex,
                         co_await ask("state_executeGetter", to_hex_0x(scale::encode(request))));
    BOOST_OUTCOME_CO_TRY(const auto value, read_return_value(hex));
    auto answer = scale::decode<std::optional<Bytes>>(value);
    if (!answer) {
        co_return malformed_answer("the getter's value");
    }
    co_return std::move(answer).value();
}

Task<Fallible<WorkerHealth>> Worker::health() {
    const auto reply = co_await client_->call("system_health", nlohmann::json::array());
    if (!reply) {
        co_return worker_failure(reply.error(), url_);
    }
    co_return read_health(reply.value());
}

Task<Fallible<CallStatus>> Worker::call_status(Hash256 hash) {
    auto params = nlohmann::json::array({to_hex_0x(hash.view())});
    const auto reply = co_await client_->call("redoubt_callStatus", std::move(params));
    if (!reply) {
        co_return worker_failure(reply.error(), url_);
    }
    const auto& json = reply.value();
    const auto status = json.is_object() ? json.find("status") : json.end();
    if (!json.is_object() || status == json.end() || !status->is_string()) {
        co_return malformed_answer("the call's status");
    }
    CallStatus out;
    out.status = status->get<std::string>();
    if (const auto in = json.find("block_hash"); in != json.end() && in->is_string()) {
        const auto read = parse_hex_fixed<Hash256>(in->get<std::string>());
        if (!read) {
            co_return malformed_answer("the block of the call");
        }
        out.block_hash = read.value();
    }
    if (const auto reason = json.find("reason"); reason != json.end() && reason->is_string()) {
        out.reason = reason->get<std::string>();
    }
    if (const auto payment = json.find("payment"); payment != json.end() && payment->is_string()) {
        out.payment = payment->get<std::string>();
    }
    if (const auto number = json.find("block_number"); number != json.end() && number->is_number_unsigned()) {
        out.block_number = number->get<std::uint32_t>();
    }
    co_return out;
}

Fallible<WorkerHealth> read_health(const nlohmann::json& answer) {
    if (!answer.is_object()) {
        return malformed_answer("the worker's health");
    }
    WorkerHealth out;
    if (const auto stale = answer.find("stale"); stale != answer.end()) {
        if (!stale->is_boolean()) {
            return malformed_answer("the worker's health");
        }
        out.is_stale = stale->get<bool>();
    }
    if (const auto finality = answer.find("finality"); finality != answer.end() && finality->is_object()) {
        out.verifies_finality = true;
        const auto halted = finality->find("halted");
        out.is_halted = halted != finality->end() && *halted == true;
    }
    if (const auto block = answer.find("lastBlock"); block != answer.end() && block->is_number_unsigned()) {
        const auto number = block->get<std::uint64_t>();
        if (number > std::numeric_limits<std::uint32_t>::max()) {
            return malformed_answer("the worker's last block");
        }
        out.last_block = static_cast<std::uint32_t>(number);
    }
    return out;
}

void warn_of_health(Context& context,
                    const EnclaveEntry& enclave,
                    const WorkerHealth& health,
                    const Runtime& runtime) {
    const auto worker = "the worker " + address_of(enclave.account, runtime);
    if (!health.verifies_finality) {
        context.console().warn("finality_unverified",
                               worker +
                                   " does not verify the chain's finality: whoever runs it can show it "
                                   "blocks that are not the chain's");
    }
    const auto at = health.last_block ? " (block " + std::to_string(*health.last_block) + ")" : "";
    if (health.is_halted) {
        context.console().warn("finality_halted",
                               worker + " follows the chain no further" + at +
                                   ", because its finality is broken: calls are not executed");
    }
    if (health.is_stale) {
        context.console().warn("state_stale",
                               worker + "'s last block" + at +
                                   " is too old: answers are of then, and it confirms and pays nothing until "
                                   "the chain goes on");
    }
}

}  // namespace redoubt::wallet
