/// What accepted evidence rested upon, kept from one run to the next, so that a clock, a revocation list or a
/// policy that is older than one seen before is noticed (attestation/policy/rollback_floors.hpp).
///
/// One file in a folder of the user's. It only rises: with evidence that a policy has accepted by the present
/// time, and with nothing else. Who can write to the folder can set it back; who sends evidence cannot.
///
/// @source attestation.md, sections 6.5, 14.5 and 17.7; docs/WALLET.md, "What must not go back"
#pragma once

#include <attestation/policy/rollback_floors.hpp>
#include <attestation/verdict.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <policy-file/policy_file.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// Issuers of revocation lists, and policies, that are kept at most. Vendors have a handful.
inline constexpr std::size_t kKeptEntriesMax = 256;
inline constexpr std::size_t kFloorsFileBytesMax = 256 * 1024;

/// The folder of what the wallet remembers: `$XDG_STATE_HOME/redoubt-wallet`, else
/// `~/.local/state/redoubt-wallet`.
[[nodiscard]] std::filesystem::path default_state_folder();

/// How a policy is recognised when its file has changed: by its name, or without one by where it is. Empty
/// for the built-in policy.
[[nodiscard]] std::string policy_key(const policy_file::PolicyDocument& policy,
                                     const std::filesystem::path& file);

/// What the file holds.
struct Floors {
    /// Time and lists; nothing else is kept here.
    attestation::RollbackFloors seen{};
    /// By policy_key.
    std::map<std::string, std::uint64_t> policy_revisions{};

    /// The floors for evidence that this policy judges.
    [[nodiscard]] attestation::RollbackFloors of_policy(const std::string& key) const;
    /// Raises them to what an accepted verdict rests upon. @return whether anything has risen
    [[nodiscard]] bool raise(const attestation::Verdict& accepted,
                             const std::string& key,
                             std::uint64_t revision);
};

/// @return nullopt for a text that is no file of this kind
[[nodiscard]] std::optional<Floors> parse_floors(std::string_view text);
[[nodiscard]] Json to_json(const Floors& floors);

/// The higher one of each.
[[nodiscard]] attestation::RollbackFloors higher(attestation::RollbackFloors one,
                                                 const attestation::RollbackFloors& other);

class FloorsFile {
  public:
    explicit FloorsFile(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] std::filesystem::path path() const { return folder_ / "floors.json"; }
    /// Nothing where there is no file. @errors floors_unreadable
    [[nodiscard]] Fallible<Floors> read() const;
    /// Raises the file to what an accepted verdict rests upon; other programs may do so at the same time.
    /// @errors floors_unreadable, floors_unwritable
    [[nodiscard]] Fallible<void> raise(const attestation::Verdict& accepted,
                                       const std::string& key,
                                       std::uint64_t revision) const;
    /// Removes the file. @return whether there was one @errors floors_unwritable
    [[nodiscard]] Fallible<bool> forget() const;

  private:
    std::filesystem::path folder_;
};

}  // namespace redoubt::wallet
