/// A TEE whose files, devices and services say what an input says, for fuzz targets. The input is a row of
/// parts, each behind its length (u16); a length from 0xff00 on is the number of an error. Each file that is
/// opened for reading, each connection and each ioctl takes the next part; where none is left nothing is
/// there.
#pragma once

#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>
#include <primitives/result.hpp>
#include <tests/support/td_report.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

namespace redoubt::tests {

class PlayedTee final : public attestation::produce::TeeSystem {
  public:
    /// What randomness and report data are made of: an input can repeat it.
    static constexpr std::uint8_t kByte = 0x52;

    explicit PlayedTee(ByteView parts) : parts_(parts) {}

    /// Whether everything was given back that was taken.
    [[nodiscard]] bool is_tidy() const { return open_.empty() && folders_ == 0; }

    long open(const std::string&, Access access) override {
        return access == Access::kRead ? open_next() : keep({});
    }
    long connect_host(std::uint32_t) override { return open_next(); }
    long read(long descriptor, std::span<std::uint8_t> out) override {
        auto& rest = open_.at(descriptor);
        const auto count = std::min({out.size(), rest.size(), kStepBytes});
        std::copy_n(rest.begin(), count, out.begin());
        rest = rest.subspan(count);
        return static_cast<long>(count);
    }
    long write(long descriptor, ByteView bytes) override {
        REDOUBT_ASSERT(open_.contains(descriptor));
        return static_cast<long>(std::min(bytes.size(), kStepBytes));
    }
    void close(long descriptor) override { REDOUBT_ASSERT(open_.erase(descriptor) == 1); }
    long make_folder(const std::string&) override {
        ++folders_;
        return 0;
    }
    long remove_folder(const std::string&) override {
        --folders_;
        return 0;
    }
    long control(long descriptor, std::uint32_t request, std::span<std::uint8_t> argument) override {
        REDOUBT_ASSERT(open_.contains(descriptor));
        switch (request) {
            case kTdxReport:
                answer_td_report(argument.first<kTdReportRequestBytes>());
                return 0;
            case kSnpReport:
                return answer_snp(argument, 4'000, true);
            case kSnpKey:
                return answer_snp(argument, 64, false);
            default:
                return -ENOTTY;
        }
    }
    std::uint64_t now_ms() override { return clock_ms_; }
    std::uint64_t unix_time_s() override { return 1'700'000'000; }
    void wait_ms(std::uint64_t duration_ms) override { clock_ms_ += duration_ms; }
    void fill_random(std::span<std::uint8_t> out) override { std::ranges::fill(out, kByte); }

  private:
    static constexpr std::size_t kStepBytes = 1'000;
    static constexpr std::uint32_t kTdxReport = 0xC4405401;
    static constexpr std::uint32_t kSnpReport = 0xC0205302;
    static constexpr std::uint32_t kSnpKey = 0xC0205301;

    struct Part {
        int error = 0;
        ByteView bytes;
    };
    Part next() {
        constexpr std::size_t kErrors = 0xff00;
        if (parts_.size() < 2) {
            return {.error = ENOENT, .bytes = {}};
        }
        const std::size_t length = parts_[0] | (std::size_t{parts_[1]} << 8U);
        parts_ = parts_.subspan(2);
        if (length >= kErrors) {
            return {.error = static_cast<int>(length - kErrors) + 1, .bytes = {}};
        }
        const auto bytes = parts_.first(std::min(length, parts_.size()));
        parts_ = parts_.subspan(bytes.size());
        return {.error = 0, .bytes = bytes};
    }
    long keep(ByteView content) {
        open_.emplace(++last_, content);
        return last_;
    }
    long open_next() {
        const auto part = next();
        return part.error != 0 ? -part.error : keep(part.bytes);
    }

    template <class Value>
    static Value value_at(const std::uint8_t* memory) {
        Value out{};
        std::memcpy(&out, memory, sizeof(out));
        return out;
    }
    static std::uint8_t* memory_at(const std::uint8_t* pointer) {
        return reinterpret_cast<std::uint8_t*>(value_at<std::uintptr_t>(pointer));
    }
    static void put_up_to(std::uint8_t* to, ByteView bytes, std::size_t room) {
        std::copy_n(bytes.begin(), std::min(bytes.size(), room), to);
    }

    /// One part: whether it fails (1 byte), the host's error (4), the length of the certificates that is told
    /// (4), and the firmware's answer. The certificates are a part of their own.
    long answer_snp(std::span<std::uint8_t> message, std::size_t room, bool has_certificates) {
        constexpr std::size_t kHeadBytes = 9;
        const auto part = next();
        if (part.error != 0 || part.bytes.size() < kHeadBytes) {
            return -std::max(part.error, EIO);
        }
        auto* const question = memory_at(message.data() + 8);
        std::copy_n(part.bytes.begin() + 1, 4, message.data() + 28);
        if (has_certificates) {
            const auto certificates_room = value_at<std::uint32_t>(question + 104);
            std::copy_n(part.bytes.begin() + 5, 4, question + 104);
            if (part.bytes[0] == 0) {
                put_up_to(memory_at(question + 96), next().bytes, certificates_room);
            }
        }
        if (part.bytes[0] != 0) {
            return -part.bytes[0];
        }
        put_up_to(memory_at(message.data() + 16), part.bytes.subspan(kHeadBytes), room);
        return 0;
    }

    ByteView parts_;
    std::map<long, ByteView> open_;
    long last_ = 2;
    int folders_ = 0;
    std::uint64_t clock_ms_ = 0;
};

struct Played {
    bool has_evidence = false;
    std::size_t endorsements_bytes = 0;
    bool has_sealing_key = false;
};

/// Opens a provider over an input and lets it work: what it gives is within its limits, of its type, bare,
/// and vouches for what was asked.
/// @param open  PlayedTee& to the result of the provider's open()
/// @return what it gave
template <class Open>
Played play(ByteView input, Open open) {
    namespace produce = attestation::produce;
    PlayedTee tee{input};
    Played out;
    {
        const auto opened = open(tee);
        if (opened) {
            std::array<std::uint8_t, 64> report_data{};
            report_data.fill(PlayedTee::kByte);
            auto& provider = *opened.value();
            if (const auto made = provider.generate(report_data)) {
                const auto& [type, evidence, endorsements] = made.value();
                REDOUBT_ASSERT(type == provider.type());
                REDOUBT_ASSERT(produce::check_evidence(type, evidence, report_data).has_value());
                REDOUBT_ASSERT(produce::without_padding(type, evidence) == evidence);
                REDOUBT_ASSERT(evidence.size() <= produce::kProducedBytesMax);
                REDOUBT_ASSERT(endorsements.size() <= produce::kEndorsementsBytesMax);
                out.has_evidence = true;
                out.endorsements_bytes = endorsements.size();
            }
            out.has_sealing_key = provider.sealing_key().has_value();
        }
    }
    REDOUBT_ASSERT(tee.is_tidy());
    return out;
}

}  // namespace redoubt::tests
