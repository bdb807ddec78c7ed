/// A TD's own report, as the ioctl of /dev/tdx_guest gives it: its hashes are right, its MAC is nobody's.
#pragma once

#include <attestation/digest.hpp>
#include <primitives/bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace redoubt::tests {

inline constexpr std::size_t kTdReportRequestBytes = 64 + 1024;

/// @param argument  the ioctl's: report data of 64 bytes, then room for the report
inline void answer_td_report(std::span<std::uint8_t, kTdReportRequestBytes> argument) {
    const auto report_data = argument.first(64);
    const auto out = argument.subspan(64);
    std::ranges::fill(out, std::uint8_t{0});
    out[0] = 0x81;
    std::ranges::copy(report_data, out.begin() + 128);
    const auto hash = [&](std::size_t at, std::size_t bytes, std::size_t to) {
        const auto digest =
            attestation::digest(attestation::HashAlgorithm::kSha384, {ByteView{out}.subspan(at, bytes)});
        std::ranges::copy(digest.view(), out.begin() + static_cast<std::ptrdiff_t>(to));
    };
    hash(256, 239, 32);
    hash(512, 512, 80);
}

}  // namespace redoubt::tests
