// A program that speaks boundary frames like redoubt-enclave, with none of its meaning and with faults on
// demand. Usage: redoubt-fake-enclave --channel-fd 3 [--sim-platform FILE] [--mode MODE]
//   normal      answers everything; its state is the number of the last block
//   exit        writes a line on stderr and exits with code 7 before it answers
//   silent      never answers
//   garbage     answers Hello with a frame that does not decode
//   oversize    answers Hello with an announcement of 4 GiB
//   version     speaks another protocol version
//   refuse      refuses the identity
//   die         is killed by its own signal at the first ImportBlock
//   slow        takes two seconds for each ImportBlock
//   pages       asks for page 0101… before it answers Status, twice when there is none, and fails without it
//   descriptors names its open descriptors as its version
#include <boundary/frame.hpp>
#include <boundary/refusal.hpp>

#include <dirent.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace redoubt;
using namespace redoubt::boundary;

constexpr int kChannel = 3;

void read_exactly(std::uint8_t* out, std::size_t size) {
    while (size > 0) {
        const auto count = ::read(kChannel, out, size);
        if (count <= 0) {
            std::exit(0);
        }
        out += count;
        size -= static_cast<std::size_t>(count);
    }
}

void write_exactly(ByteView bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(kChannel, bytes.data(), bytes.size());
        if (count <= 0) {
            std::exit(0);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

ToEnclave read_message() {
    std::array<std::uint8_t, kFramePrefixBytes> prefix{};
    read_exactly(prefix.data(), prefix.size());
    const auto rest = bytes_after_prefix_to_enclave(prefix);
    if (!rest.has_value()) {
        std::exit(9);
    }
    Bytes message(rest.value() + 1);
    message[0] = prefix.back();
    read_exactly(message.data() + 1, rest.value());
    auto decoded = decode_to_enclave(message);
    if (!decoded.has_value()) {
        std::exit(9);
    }
    return std::move(decoded.value());
}

std::string open_descriptors() {
    std::string out;
    DIR* const folder = ::opendir("/proc/self/fd");
    while (const auto* const entry = ::readdir(folder)) {
        const std::string_view name{entry->d_name};
        if (name != "." && name != ".." && name != std::to_string(::dirfd(folder))) {
            out += std::string{name} + " ";
        }
    }
    ::closedir(folder);
    return out;
}

/// The whole state: how many records, and the last block.
struct FakeEnclave {
    std::string mode;
    std::uint64_t sequence = 0;
    std::optional<BlockId> last_block;
    std::optional<BlockId> waiting;

    FromEnclave answer(const Hello&) const {
        HelloReply reply;
        reply.protocol = mode == "version" ? 99 : kProtocolVersion;
        reply.enclave_version = mode == "descriptors" ? open_descriptors() : "fake";
        return reply;
    }
    FromEnclave answer(const Start& start) const {
        if (mode == "refuse") {
            return refused(make_error_code(Refusal::kSealedByOtherEnclave));
        }
        Started started;
        if (!start.sealed_identity) {
            started.sealed_identity = Bytes{1, 2, 3};
        }
        started.measurement.bytes.fill(0x11);
        started.account.bytes.fill(0x22);
        started.shard = start.shard.value_or(started.measurement);
        return started;
    }
    FromEnclave answer(const Restore& restore) {
        if (restore.sequence != sequence + 1 || restore.sealed.size() != 4) {
            return refused(make_error_code(Refusal::kJournalGap));
        }
        sequence = restore.sequence;
        ByteCursor in{restore.sealed};
        last_block = BlockId{in.take_le<std::uint32_t>().value(), {}};
        return Restored{};
    }
    FromEnclave answer(const RestoreDone&) const {
        Position position;
        position.sequence = sequence;
        position.last_block = last_block;
        position.shard.bytes.fill(0x11);
        return position;
    }
    FromEnclave answer(const SetRuntime&) const { return RuntimeSet{50, std::nullopt}; }
    FromEnclave answer(const ImportBlock&) {
        if (mode == "die") {
            ::raise(SIGKILL);
        }
        if (mode == "slow") {
            ::sleep(2);
        }
        waiting = BlockId{last_block ? last_block->number + 1 : 0, {}};
        Commit commit;
        commit.sequence = sequence + 1;
        commit.sealed.push_back(scale::encode(waiting->number));
        return commit;
    }
    FromEnclave answer(const CommitPersisted&) {
        last_block = waiting;
        ++sequence;
        return Committed{*last_block, 0, 0, 0};
    }
    FromEnclave answer(const Outbox&) const { return OutboxItems{}; }
    FromEnclave answer(const SignOutbox&) const { return Signed{Bytes{4}, 64}; }
    FromEnclave answer(const SignRegistration&) const { return Signed{Bytes{5}, 64}; }
    FromEnclave answer(const SignCollateral&) const { return Signed{Bytes{7}, 64}; }
    FromEnclave answer(const SignShardConfig&) const { return Signed{Bytes{6}, 64}; }
    FromEnclave answer(const ClientOpened&) const { return ClientEffects{}; }
    FromEnclave answer(const ClientBytes& client) const {
        ClientEffects effects;
        effects.effects.push_back(ClientEffect{client.connection, client.bytes, false, true});
        return effects;
    }
    FromEnclave answer(const ClientClosed&) const { return ClientEffects{}; }
    FromEnclave answer(const Status&) const {
        return mode == "pages" && !has_page() ? FromEnclave{refused(make_error_code(Refusal::kPageMissing))}
                                              : StatusReport{};
    }
    FromEnclave answer(const CheckActivity&) const { return ActivityChecked{}; }
    FromEnclave answer(const Page&) const { return refused(make_error_code(Refusal::kOutOfOrder)); }
    static bool has_page() {
        PageId id;
        id.bytes.fill(1);
        for (const bool again : {false, true}) {
            write_exactly(encode_frame(FromEnclave{PageNeeded{id, again}}));
            const auto message = read_message();
            const auto* const page = std::get_if<Page>(&message);
            if (page != nullptr && page->sealed == Bytes{7, 8, 9}) {
                return true;
            }
        }
        return false;
    }
    FromEnclave answer(const Finality&) const { return FinalityMoved{}; }
    FromEnclave answer(const FinalityHop&) const { return FinalityMoved{}; }
    FromEnclave answer(const ParachainHead&) const { return FinalityMoved{}; }
    FromEnclave answer(const ClientState&) const { return ClientEffects{}; }
    FromEnclave answer(const TakeEvidence&) const { return ClientEffects{}; }
    FromEnclave answer(const RegistrationEvidence&) const { return RegistrationEvidenceMade{}; }
    FromEnclave answer(const StartVerifying&) const { return VerifyingStarted{}; }
    FromEnclave answer(const VerifyState&) const {
        StateVerified verified;
        verified.done = true;
        return verified;
    }
    FromEnclave answer(const ChainState&) const {
        return refused(make_error_code(Refusal::kChainStateUnwanted));
    }
};

}  // namespace

int main(int argc, char** argv) {
    FakeEnclave enclave;
    for (int i = 1; i + 1 < argc; ++i) {
        if (std::string_view{argv[i]} == "--mode") {
            enclave.mode = argv[i + 1];
        }
    }
    if (enclave.mode == "exit") {
        std::fputs("no luck today\n", stderr);
        return 7;
    }
    for (;;) {
        const auto message = read_message();
        if (enclave.mode == "silent") {
            continue;
        }
        if (enclave.mode == "garbage") {
            write_exactly(Bytes{3, 0, 0, 0, 1, 0xff, 0xff});
            continue;
        }
        if (enclave.mode == "oversize") {
            write_exactly(Bytes{0xff, 0xff, 0xff, 0xff, 6});
            continue;
        }
        write_exactly(encode_frame(std::visit([&](const auto& m) { return enclave.answer(m); }, message)));
    }
}
