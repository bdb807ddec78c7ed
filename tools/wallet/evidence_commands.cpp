#include <fcntl.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <primitives/hex.hpp>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/ear_token.hpp>
#include <tools/wallet/evidence_fields.hpp>
#include <tools/wallet/evidence_file.hpp>
#include <tools/wallet/evidence_verification.hpp>
#include <tools/wallet/file_descriptor.hpp>
#include <tools/wallet/kept_floors.hpp>
#include <tools/wallet/pem_key.hpp>

namespace redoubt::wallet {
namespace {

using attestation::VerificationTime;

struct VerifyArguments {
    EvidenceArguments evidence;
    std::string time;
    std::string nonce;
    std::string profile = "digest";
    std::string ear_file;
    std::string ear_key;
    std::string ear_key_file;
};

Fallible<VerificationTime> time_of(const std::string& text) {
    if (text.empty()) {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return VerificationTime{std::chrono::duration_cast<std::chrono::seconds>(now).count()};
    }
    if (const auto time = attestation::parse_utc(text)) {
        return *time;
    }
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0) {
        return usage_failure("time_malformed", "--time " + text + " is no time",
                             "Write it as 2026-03-01T00:00:00Z, or as Unix seconds.");
    }
    return VerificationTime{seconds};
}

Fallible<std::optional<Bytes>> nonce_of(const std::string& text) {
    if (text.empty()) {
        return std::optional<Bytes>{};
    }
    auto bytes = parse_hex(text);
    if (!bytes || bytes.value().size() < attestation::kNonceBytesMin ||
        bytes.value().size() > attestation::kNonceBytesMax) {
        return usage_failure("nonce_malformed", "--nonce is not 16 to 64 bytes of hexadecimal digits",
                             "Pass the nonce that the evidence was asked for with.");
    }
    return std::optional{std::move(bytes).value()};
}

/// What must not be overlooked, whatever the result.
void warn_about(Context& context, const EvidenceVerification& verification, bool has_nonce) {
    auto& console = context.console();
    if (!verification.verdict.is_verified()) {
        return;
    }
    if (verification.is_any_program_accepted()) {
        console.warn(
            "program_unrestricted",
            "neither the policy nor --fingerprint names a program: this shows that SOME program runs on such "
            "hardware, and nothing about which");
    }
    warn_of_simulation(console, verification);
    warn_of_debug(console, verification);
    if (!verification.has_answered_nonce) {
        console.warn("evidence_not_fresh",
                     has_nonce
                         ? "the evidence does not answer the nonce: it may be somebody's old evidence"
                         : "no nonce was given: genuine evidence may be an old one that is shown again");
    }
}

Fallible<EvidenceVerification> verification_of(Context& context, const VerifyArguments& wanted) {
    VerificationSetting setting;
    BOOST_OUTCOME_TRY(setting.time, time_of(wanted.time));
    BOOST_OUTCOME_TRY(setting.policy, policy_of(context.settings()));
    BOOST_OUTCOME_TRY(setting.nonce, nonce_of(wanted.nonce));
    BOOST_OUTCOME_TRY(setting.fingerprint, pinned_fingerprint(context.settings()));
    setting.profile = wanted.profile == "registry" ? attestation::BindingProfile::kRegistry
                                                   : attestation::BindingProfile::kDigest;
    const auto bundle = read_evidence(wanted.evidence);
    if (!bundle) {
        return bundle.error();
    }
    BOOST_OUTCOME_TRY(const auto keys, read_attestation_keys(wanted.evidence));
    std::ranges::copy(keys, std::back_inserter(setting.policy.tpm_attestation_keys));
    // At another time nothing that was seen since counts.
    if (wanted.time.empty()) {
        BOOST_OUTCOME_TRY(setting.kept, kept_before(context.settings(), setting.policy));
    }
    auto out = verify_evidence(bundle.value(), setting, bundle.value().certificate);
    warn_about(context, out, setting.nonce.has_value());
    return out;
}

/// Who signs: an account of the keystore, or a key in a file.
Fallible<crypto::KeyPair> ear_key_of(Context& context, const VerifyArguments& wanted) {
    if (!wanted.ear_key_file.empty()) {
        return read_pem_key(wanted.ear_key_file);
    }
    BOOST_OUTCOME_TRY(auto key, context.accounts().unlock(wanted.ear_key, std::nullopt));
    if (key.scheme() != crypto::Scheme::kEd25519) {
        return usage_failure("ear_key_unsuitable", "the account " + wanted.ear_key + " is no ed25519 account",
                             "Make one: `redoubt account new NAME --scheme ed25519`.");
    }
    return key;
}

/// Makes a file that was not there: a key, a policy or evidence that is named by mistake stays as it is.
Fallible<void> write_new_file(const std::string& path, const std::string& text) {
    const FileDescriptor file{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
    if (!file.is_open() && errno == EEXIST) {
        return refused("file_exists", path + " is there already and is not overwritten",
                       "Name a file that does not exist, or remove it first.");
    }
    if (!file.is_open() || !write_all(file.get(), text)) {
        if (file.is_open()) {
            unlink(path.c_str());  // half a token is none
        }
        return refused("file_unwritable", path + " cannot be written",
                       "Name a file in a folder that you may write to.");
    }
    return success();
}

/// Signs the result and writes it. @return the token
Fallible<std::string> write_ear(Context& context,
                                const VerifyArguments& wanted,
                                const EvidenceVerification& verification) {
    BOOST_OUTCOME_TRY(const auto key, ear_key_of(context, wanted));
    BOOST_OUTCOME_TRY(const auto nonce, nonce_of(wanted.nonce));
    BOOST_OUTCOME_TRY(const auto now, time_of(""));
    auto token = sign_ear(ear_payload(verification, nonce, now), key);
    BOOST_OUTCOME_TRY(write_new_file(wanted.ear_file, token + "\n"));
    return token;
}

Fallible<Report> verify(Context& context, const VerifyArguments& wanted) {
    const auto keys = (wanted.ear_key.empty() ? 0 : 1) + (wanted.ear_key_file.empty() ? 0 : 1);
    if (keys != (wanted.ear_file.empty() ? 0 : 1)) {
        return usage_failure("evidence_options_contradict",
                             "--ear belongs together with one of --ear-key and --ear-key-file",
                             "Name the token's file with --ear, and who signs it with one of the others.");
    }
    if (wanted.ear_file == "-") {
        return usage_failure("evidence_options_contradict",
                             "--ear - names standard output, where the result itself is printed",
                             "Name a file; with --json the result holds the token, too (ear.token).");
    }
    if (!wanted.ear_file.empty() && !wanted.time.empty()) {
        return usage_failure("evidence_options_contradict",
                             "--ear with --time would sign today what was true at another time",
                             "A signed result is of now: leave --time out, or --ear.");
    }
    if (!wanted.ear_file.empty() && !wanted.evidence.attestation_key.empty()) {
        return usage_failure("evidence_options_contradict",
                             "--ear with --attestation-key would not say which key was trusted",
                             "List the key in the policy's [tpm] table: the result names the policy.");
    }
    BOOST_OUTCOME_TRY(const auto verification, verification_of(context, wanted));
    if (wanted.time.empty()) {
        keep(context, verification);
    }
    Report report;
    report.json = to_json(verification);
    report.text = to_text(verification);
    report.exit = verification.is_accepted() ? ExitCode::kSuccess : ExitCode::kRefused;
    if (!wanted.ear_file.empty()) {
        BOOST_OUTCOME_TRY(const auto token, write_ear(context, wanted, verification));
        report.json["ear"] = {{"file", wanted.ear_file}, {"token", token}};
        report.text += "\nThe result is signed in " + wanted.ear_file + ".";
    }
    return report;
}

Fallible<Report> explain_evidence(Context& context, const VerifyArguments& wanted) {
    BOOST_OUTCOME_TRY(const auto verification, verification_of(context, wanted));
    Report report;
    report.json = {{"accepted", verification.is_accepted()},
                   {"verified", verification.verdict.is_verified()},
                   {"advice", explain(verification)}};
    for (const auto& sentence : explain(verification)) {
        report.text += (report.text.empty() ? "" : "\n") + printable(sentence);
    }
    return report;
}

Fallible<Report> show(Context&, const VerifyArguments& wanted) {
    BOOST_OUTCOME_TRY(const auto bundle, read_evidence(wanted.evidence));
    const auto fields = decode_fields(bundle.type, bundle.evidence);
    if (!fields) {
        return malformed_evidence(attestation::reason_of(fields.error()), "the evidence cannot be read",
                                  describe(bundle, {}, true));
    }
    Report report;
    report.json = {{"verified", false},
                   {"type", attestation::evidence_name(bundle.type)},
                   {"evidence_bytes", bundle.evidence.size()},
                   {"fields", fields.value()}};
    if (!bundle.certificate.empty()) {
        report.json["certificate"] = fields_of_certificate(bundle.certificate);
    }
    if (bundle.binding_block) {
        const auto block = attestation::decode_binding_block(*bundle.binding_block);
        report.json["binding"] =
            block ? fields_of(block.value())
                  : Json{{"reason", attestation::reason_code(attestation::reason_of(block.error()))}};
    }
    auto lines = report.json;
    lines.erase("verified");
    report.text =
        "NOT VERIFIED: this is what the evidence says, and anybody can write it.\n\n" + to_lines(lines);
    return report;
}

Fallible<Report> show_floors(const Settings& settings, bool resets) {
    const FloorsFile file{settings.state};
    Report report;
    if (resets) {
        BOOST_OUTCOME_TRY(const auto was_there, file.forget());
        report.json = {{"file", file.path().string()}, {"reset", was_there}};
        report.text = was_there
                          ? "What was seen before is forgotten: " + file.path().string() + " is removed."
                          : "Nothing was kept: there is no " + file.path().string() + ".";
        return report;
    }
    BOOST_OUTCOME_TRY(const auto floors, file.read());
    report.json = to_json(floors);
    report.json["file"] = file.path().string();
    std::vector<std::pair<std::string, std::string>> lines{
        {"file", file.path().string()},
        {"time", floors.seen.time ? attestation::to_utc(*floors.seen.time) : "none"}};
    for (const auto& list : floors.seen.lists) {
        lines.emplace_back("list of " + to_hex(list.issuer_sha256.view()), to_hex(list.number));
    }
    for (const auto& [policy, revision] : floors.policy_revisions) {
        lines.emplace_back("policy " + printable(policy), "revision " + std::to_string(revision));
    }
    report.text = aligned(lines);
    return report;
}

Task<Fallible<Report>> run_with(Context& context,
                                VerifyArguments wanted,
                                Fallible<Report> (*action)(Context&, const VerifyArguments&)) {
    co_return action(context, wanted);
}

Task<Fallible<Report>> show_floors_of(Context& context, bool resets) {
    co_return show_floors(context.settings(), resets);
}

/// A script's variable that is not set must not switch a check off.
void refuse_empty_values(CLI::App& command) {
    for (auto* option :
         command.get_options([](const CLI::Option* one) { return one->get_items_expected_max() > 0; })) {
        option->check([](const std::string& value) { return value.empty() ? "it is empty" : std::string{}; });
    }
}

void add_evidence_options(CLI::App& command, EvidenceArguments& evidence) {
    command
        .add_option("FILE", evidence.file,
                    "A bundle, evidence, or a TLS certificate with evidence: binary, hex, base64 or PEM; - "
                    "is standard "
                    "input")
        ->required();
    command
        .add_option("--type", evidence.type,
                    "Type of bare evidence, for example sgx, tdx or snp; default what the file shows")
        ->type_name("TYPE");
    command.add_option("--collateral", evidence.collateral, "Collateral of sgx and tdx, as JSON")
        ->type_name("FILE");
    command
        .add_option("--certificates", evidence.certificates,
                    "Certificates of snp as DER or PEM (VCEK or VLEK, then ASK, then ARK), or the table of "
                    "the host; of the body of sgx-ias who signed, URL-encoded or not")
        ->type_name("FILE");
    command
        .add_option("--signature", evidence.signature,
                    "Signature (base64) of the report whose body FILE is, with sgx-ias")
        ->type_name("FILE");
    command.add_option("--attestation-key", evidence.attestation_key, "Public key that signs for a tpm")
        ->type_name("FILE");
    command.add_option("--revocation-list", evidence.revocation_lists, "A revocation list of snp")
        ->type_name("FILE");
    command.add_option("--binding", evidence.binding_block, "The binding block that came with the evidence")
        ->type_name("FILE");
}

void add_verify_options(CLI::App& command, VerifyArguments& wanted) {
    add_evidence_options(command, wanted.evidence);
    command.add_option("--time", wanted.time, "When the evidence has to be valid; default now")
        ->type_name("TIME");
    command.add_option("--nonce", wanted.nonce, "The nonce that the evidence has to answer")
        ->type_name("HEX");
    command
        .add_option("--profile", wanted.profile,
                    "How report data is made of the binding block: registry for what is on the chain")
        ->transform(CLI::IsMember(std::vector<std::string>{"digest", "registry"}))
        ->type_name("PROFILE")
        ->capture_default_str();
}

}  // namespace

void add_evidence_commands(CLI::App& app, CommandTask& chosen) {
    auto* evidence =
        app.add_subcommand("evidence", "Evidence of trusted execution environments")->require_subcommand(1);

    auto shown = std::make_shared<VerifyArguments>();
    auto* show_command = evidence->add_subcommand("show", "Every field of evidence, without verifying it");
    add_evidence_options(*show_command, shown->evidence);
    refuse_empty_values(*show_command);
    show_command->callback(
        [shown, &chosen] { chosen = [shown](Context& context) { return run_with(context, *shown, show); }; });

    auto verified = std::make_shared<VerifyArguments>();
    auto* verify_command = evidence->add_subcommand(
        "verify", "Verify evidence and judge it by a policy; exit code 0 accepted, 1 refused, 2 usage");
    add_verify_options(*verify_command, *verified);
    verify_command->add_option("--ear", verified->ear_file, "Write the signed result (EAR, a JSON Web Token)")
        ->type_name("FILE");
    verify_command->add_option("--ear-key", verified->ear_key, "Ed25519 account that signs the result")
        ->type_name("ACCOUNT");
    verify_command
        ->add_option("--ear-key-file", verified->ear_key_file,
                     "Ed25519 key in PEM (PKCS#8) that signs the result in the place of an account")
        ->type_name("FILE");
    refuse_empty_values(*verify_command);
    verify_command->callback([verified, &chosen] {
        chosen = [verified](Context& context) { return run_with(context, *verified, verify); };
    });

    auto resets = std::make_shared<bool>(false);
    auto* floors_command = evidence->add_subcommand(
        "floors", "What earlier verifications have seen: nothing older than that is accepted");
    floors_command->add_flag("--reset", *resets, "Forget it");
    floors_command->callback([resets, &chosen] {
        chosen = [resets](Context& context) -> Task<Fallible<Report>> {
            return show_floors_of(context, *resets);
        };
    });

    auto explained = std::make_shared<VerifyArguments>();
    auto* explain_command =
        evidence->add_subcommand("explain", "What an operator can do about evidence, in whole sentences");
    add_verify_options(*explain_command, *explained);
    refuse_empty_values(*explain_command);
    explain_command->callback([explained, &chosen] {
        chosen = [explained](Context& context) { return run_with(context, *explained, explain_evidence); };
    });
}

}  // namespace redoubt::wallet
