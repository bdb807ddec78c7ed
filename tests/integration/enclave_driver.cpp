#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boundary/frame.hpp>
#include <cstdio>
#include <cstdlib>
#include <enclave/enclave.hpp>
#include <enclave/sim_tee.hpp>
#include <fstream>
#include <light-client/shard_activity.hpp>
#include <primitives/crypto/hashing.hpp>
#include <string>
#include <tests/integration/enclave_driver.hpp>

namespace redoubt::tests {

namespace {

/// Serves nobody, and tells which backend it was given.
class NoEndpoint final : public enclave::ClientEndpoint {
  public:
    Result<boundary::ClientEffects> opened(std::uint64_t) override { return boundary::ClientEffects{}; }
    Result<boundary::ClientEffects> received(std::uint64_t, ByteView) override {
        return boundary::Refusal::kUnknownConnection;
    }
    Result<boundary::ClientEffects> state_given(const boundary::ClientState&) override {
        return boundary::Refusal::kUnknownConnection;
    }
    boundary::ClientEffects closed(std::uint64_t) override { return {}; }
    [[nodiscard]] std::uint32_t clients() const override { return 0; }
    [[nodiscard]] Hash256 tls_spki_sha256() const override { return {}; }
};

class NoEndpointFactory final : public enclave::EndpointFactory {
  public:
    Result<crypto::SecretBuffer> create_identity() override {
        return crypto::SecretBuffer::copy_of(bytes_of("endpoint secret"));
    }
    Result<std::unique_ptr<enclave::ClientEndpoint>> make(const enclave::EndpointBackend& backend,
                                                          std::span<const std::string>,
                                                          std::uint64_t) override {
        backend_ = &backend;
        return std::unique_ptr<enclave::ClientEndpoint>{std::make_unique<NoEndpoint>()};
    }
    [[nodiscard]] const enclave::EndpointBackend* backend() const { return backend_; }

  private:
    const enclave::EndpointBackend* backend_ = nullptr;
};

crypto::SecretBytes<32> platform_secret(std::uint8_t platform) {
    crypto::SecretBytes<32> secret;
    std::ranges::fill(secret.expose_mut(), platform);
    return secret;
}

class InProcess final : public EnclavePeer {
  public:
    InProcess(HostStore& store, std::uint8_t platform, const enclave::StateLimits& limits)
        : tee_(platform_secret(platform), enclave::sim_measurement(bytes_of("test program"))),
          enclave_(tee_, factory_, "test", store, limits) {}
    boundary::FromEnclave handle(const boundary::ToEnclave& message) override {
        return enclave_.handle(message);
    }
    [[nodiscard]] const enclave::EndpointBackend* backend() const override { return factory_.backend(); }
    [[nodiscard]] pid_t process() const override { return getpid(); }

  private:
    enclave::SimTee tee_;
    NoEndpointFactory factory_;
    enclave::Enclave enclave_;
};

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::abort();
}

class Sandboxed final : public EnclavePeer {
  public:
    Sandboxed(HostStore& store, std::uint8_t platform, const enclave::StateLimits& limits) : store_(store) {
        const auto changes = std::to_string(limits.changes_per_base_max);
        std::string file = "/tmp/redoubt-platform-XXXXXX";
        const int fd = mkstemp(file.data());
        const auto secret = platform_secret(platform);
        if (fd < 0 || write(fd, secret.expose().data(), 32) != 32) {
            give_up("platform file");
        }
        close(fd);
        std::array<int, 2> pair{};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
            give_up("socketpair");
        }
        pid_ = fork();
        if (pid_ < 0) {
            give_up("fork");
        }
        if (pid_ == 0) {
            const int channel = dup(pair[1]);  // without CLOEXEC
            const auto number = std::to_string(channel);
            execl(REDOUBT_ENCLAVE_PROGRAM, "redoubt-enclave", "--channel-fd", number.c_str(), "--tee", "sim",
                  "--sim-platform", file.c_str(), "--sim-evidence-ms", "300", "--pages-after-changes",
                  changes.c_str(), nullptr);
            give_up("execl " REDOUBT_ENCLAVE_PROGRAM);
        }
        close(pair[1]);
        fd_ = pair[0];
        file_ = file;
    }
    Sandboxed(const Sandboxed&) = delete;
    Sandboxed& operator=(const Sandboxed&) = delete;
    ~Sandboxed() override {
        close(fd_);
        int status = 0;
        waitpid(pid_, &status, 0);
        unlink(file_.c_str());
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            std::fprintf(stderr, "the enclave ended with status %d\n", status);
            std::abort();
        }
    }

    boundary::FromEnclave handle(const boundary::ToEnclave& message) override {
        auto reply = exchange(message);
        while (const auto* needed = std::get_if<boundary::PageNeeded>(&reply)) {
            reply = exchange(boundary::Page{.sealed = store_.read(needed->id, needed->again)});
        }
        return reply;
    }
    [[nodiscard]] const enclave::EndpointBackend* backend() const override { return nullptr; }
    [[nodiscard]] pid_t process() const override { return pid_; }

  private:
    [[nodiscard]] boundary::FromEnclave exchange(const boundary::ToEnclave& message) const {
        const auto frame = boundary::encode_frame(message);
        for (std::size_t done = 0; done < frame.size();) {
            const auto count = ::write(fd_, frame.data() + done, frame.size() - done);
            if (count <= 0) {
                give_up("write to the enclave");
            }
            done += static_cast<std::size_t>(count);
        }
        Bytes reply(boundary::kFramePrefixBytes);
        read_into(reply);
        const auto rest = boundary::bytes_after_prefix_from_enclave(
            boundary::FramePrefix{reply.data(), boundary::kFramePrefixBytes});
        if (!rest) {
            give_up("reply frame");
        }
        Bytes tail(rest.value());
        read_into(tail);
        append(reply, tail);
        auto decoded = boundary::decode_from_enclave(ByteView{reply}.subspan(4));
        if (!decoded) {
            give_up("reply");
        }
        return std::move(decoded).value();
    }

    void read_into(Bytes& out) const {
        for (std::size_t done = 0; done < out.size();) {
            const auto count = ::read(fd_, out.data() + done, out.size() - done);
            if (count <= 0) {
                give_up("read from the enclave");
            }
            done += static_cast<std::size_t>(count);
        }
    }

    HostStore& store_;
    pid_t pid_ = -1;
    int fd_ = -1;
    std::string file_;
};

}  // namespace

void HostStore::put(const boundary::Commit& commit) {
    for (const auto& id : commit.pages_removed) {
        pages.erase(to_bytes(id.view()));
    }
    for (const auto& page : commit.pages_written) {
        pages[to_bytes(page.id.view())] = page.sealed;
    }
    if (commit.is_base) {
        records.clear();
    }
    records[commit.sequence] = commit.sealed;
}

std::unique_ptr<EnclavePeer> make_enclave(EnclaveKind kind,
                                          HostStore& store,
                                          std::uint8_t platform,
                                          const enclave::StateLimits& limits) {
    if (kind == EnclaveKind::kInProcess) {
        return std::make_unique<InProcess>(store, platform, limits);
    }
    return std::make_unique<Sandboxed>(store, platform, limits);
}

boundary::Start EnclaveDriver::start_message(const TestChain& chain, bool dev) const {
    constexpr std::uint64_t kStaleAfterMs = 900'000;
    boundary::Start start;
    if (!store_.sealed_identity.empty()) {
        start.sealed_identity = store_.sealed_identity;
    } else {
        start.anchor = chain.anchor();
    }
    start.genesis_hash = chain.genesis_hash();
    start.dev = dev;
    start.unverified_finality = dev && finality_ == FinalityKind::kUnverified;
    start.stale_after_ms = dev ? 0 : kStaleAfterMs;
    start.tls_names = {"localhost"};
    return start;
}

Result<boundary::Started> EnclaveDriver::start(const TestChain& chain, bool dev) {
    BOOST_OUTCOME_TRY(ask<boundary::HelloReply>(boundary::Hello{}));
    const auto start = start_message(chain, dev);
    chain_ = &chain;
    witness_ = start.unverified_finality ? nullptr : &chain;
    BOOST_OUTCOME_TRY(started_, ask<boundary::Started>(start));
    if (started_.sealed_identity) {
        store_.sealed_identity = *started_.sealed_identity;
    }
    return started_;
}

Result<boundary::Position> EnclaveDriver::restore() {
    for (const auto& [sequence, parts] : store_.records) {
        for (const auto& part : parts) {
            BOOST_OUTCOME_TRY(
                ask<boundary::Restored>(boundary::Restore{.sequence = sequence, .sealed = part}));
        }
    }
    return ask<boundary::Position>(boundary::RestoreDone{});
}

Result<std::optional<std::uint32_t>> EnclaveDriver::check_activity(const TestChain& chain,
                                                                   const boundary::BlockId& finalized,
                                                                   bool catch_up) {
    const auto* const head = chain.block(finalized.hash);
    if (head == nullptr) {
        return boundary::Refusal::kActivityUnproven;
    }
    const std::vector<Bytes> keys = {light_client::shard_status_key(started_.shard)};
    boundary::CheckActivity message{
        .header = head->header, .proof = chain.prove(*head, keys), .catch_up = catch_up};
    BOOST_OUTCOME_TRY(auto checked, ask<boundary::ActivityChecked>(message));
    if (checked.block_needed) {
        const auto* const active = chain.block(checked.block_needed->hash);
        REDOUBT_ASSERT(active != nullptr);
        message.block = *active;
        BOOST_OUTCOME_TRY(checked, ask<boundary::ActivityChecked>(message));
        REDOUBT_ASSERT(!checked.block_needed);
    }
    return checked.catching_up_to;
}

Result<boundary::RuntimeSet> EnclaveDriver::set_runtime(const TestChain& chain) {
    return ask<boundary::RuntimeSet>(boundary::SetRuntime{
        .metadata = chain.metadata_bytes(), .ss58_prefix = 13, .decimals = 12, .symbol = "TEER"});
}

Result<boundary::Position> EnclaveDriver::boot(const TestChain& chain, bool dev) {
    BOOST_OUTCOME_TRY(start(chain, dev));
    BOOST_OUTCOME_TRY(auto position, restore());
    BOOST_OUTCOME_TRY(set_runtime(chain));
    // Before the first block the anchor is final, of which the chain knows no state: import() asks then.
    check_waits_ = position.check_activity && !position.last_block;
    if (position.check_activity && !check_waits_) {
        BOOST_OUTCOME_TRY(check_activity(chain, *position.finalized));
    }
    return position;
}

Result<boundary::Commit> EnclaveDriver::import(const boundary::ImportBlock& block) {
    if (witness_ != nullptr) {
        // Refused when it was given before; what counts is the answer to the import.
        static_cast<void>(ask<boundary::FinalityMoved>(witness_->finality_of(block)));
        if (std::exchange(check_waits_, false)) {
            BOOST_OUTCOME_TRY(
                check_activity(*witness_, {.number = 0, .hash = substrate::header_hash(block.header)}));
        }
    }
    auto reply = enclave_->handle(block);
    while (const auto* needed = std::get_if<boundary::StateNeeded>(&reply)) {
        asked_.push_back(*needed);
        reply = enclave_->handle(
            boundary::ChainState{.block = needed->block, .proof = chain_->prove(block, needed->keys)});
    }
    return expect_reply<boundary::Commit>(std::move(reply));
}

void EnclaveDriver::store_commit(const boundary::Commit& commit) {
    store_.put(commit);
}

Result<boundary::Committed> EnclaveDriver::process(const boundary::ImportBlock& block) {
    BOOST_OUTCOME_TRY(const auto commit, import(block));
    store_commit(commit);
    return ask<boundary::Committed>(boundary::CommitPersisted{.sequence = commit.sequence});
}

std::vector<boundary::OutboxItem> EnclaveDriver::outbox() {
    return ask<boundary::OutboxItems>(boundary::Outbox{.max = 1024}).value().items;
}

Bytes EnclaveDriver::encrypt(ByteView plaintext) const {
    const auto key = crypto::RsaPublicKey::from_json(started_.shielding_key_json);
    return key.value().encrypt_oaep(plaintext).value();
}

Hash256 EnclaveDriver::invoke(TestChain& chain,
                              const crypto::KeyPair& signer,
                              const stf::TrustedCall& call,
                              std::uint32_t nonce) {
    const auto plaintext = indirect_operation(signer, call, nonce, started_.measurement, started_.shard);
    chain.add_invoke(started_.shard, encrypt(plaintext));
    return crypto::blake2b_256(plaintext);
}

}  // namespace redoubt::tests
