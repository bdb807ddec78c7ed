// The program `redoubt evidence` over every type of evidence that the index of vectors/attestation has: show,
// verify and explain, each with the options that a person would pass. Quotes and reports of SEV-SNP are
// verified one by one in evidence_program_vectors_test.cpp.
#include <attestation/appraisal/appraisal.hpp>
#include <attestation/cbor/cbor_writer.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <tests/support/keystone_evidence.hpp>
#include <tests/vectors/evidence_program_support.hpp>
#include <tools/wallet/test_folder_test.hpp>

#include <fstream>

namespace redoubt::attestation {
namespace {

using tests::VectorCount;
using vectors::Index;
using vectors::json;

/// When evidence is judged that states no time.
constexpr std::int64_t kAnyTime = 1'767'225'600;
constexpr std::size_t kNonceBytes = 16;

std::string policy(const std::string& rules) {
    return "format = \"redoubt-policy/1\"\nname = \"vectors\"\n" + rules;
}

/// The options for one entry, and the files that are made for it.
class Question {
  public:
    Question(const Index& index, const json& entry) : index_(index), entry_(entry) {}

    /// @return nullopt: the program takes nothing like it
    [[nodiscard]] static std::optional<Question> of(const Index& index,
                                                    const std::filesystem::path& vectors,
                                                    const wallet::TestFolder& folder,
                                                    const json& entry) {
        Question out{index, entry};
        out.vectors_ = vectors;
        out.folder_ = folder.path();
        return out.fill() ? std::optional{std::move(out)} : std::nullopt;
    }

    [[nodiscard]] EvidenceType type() const { return type_; }
    [[nodiscard]] std::vector<std::string> show() const {
        return join({"evidence", "show", "--json"}, evidence_);
    }
    /// Without the type that the file shows by itself.
    [[nodiscard]] std::vector<std::string> show_untyped() const {
        return join({"evidence", "show", "--json"}, {evidence_.begin() + 2, evidence_.end()});
    }
    [[nodiscard]] std::vector<std::string> verify() const {
        return join({"evidence", "verify", "--json"}, join(evidence_, judged()));
    }
    [[nodiscard]] std::vector<std::string> explain() const {
        return join({"evidence", "explain"}, join(evidence_, judged()));
    }
    /// The challenge of the entry is too short for one of the program's.
    [[nodiscard]] bool has_short_nonce() const { return has_short_nonce_; }
    /// The policy of the entry allows what nobody vouches for: the program does not take it.
    [[nodiscard]] bool has_unusable_policy() const { return has_unusable_policy_; }

  private:
    static std::vector<std::string> join(std::vector<std::string> one,
                                         const std::vector<std::string>& other) {
        one.insert(one.end(), other.begin(), other.end());
        return one;
    }
    [[nodiscard]] bool has(const char* file) const { return entry_.at("files").contains(file); }
    [[nodiscard]] std::string path(const char* file) const {
        return (vectors_ / entry_.at("files").at(file).get<std::string>()).string();
    }
    [[nodiscard]] json input() const { return entry_.value("policy_input", json::object()); }
    [[nodiscard]] std::string write(const char* name, std::string_view content) const {
        const auto file = (folder_ / name).string();
        std::ofstream{file, std::ios::binary} << content;
        return file;
    }
    [[nodiscard]] std::vector<std::string> judged() const {
        std::vector<std::string> out{"--time", std::to_string(entry_.value("verify_at", kAnyTime))};
        if (!policy_.empty()) {
            out.insert(out.end(), {"--policy", write("policy.toml", policy_)});
        }
        if (!nonce_.empty()) {
            out.insert(out.end(), {"--nonce", nonce_});
        }
        return out;
    }
    void ask(EvidenceType type, std::vector<std::string> rest) {
        type_ = type;
        evidence_ = join({"--type", std::string{evidence_name(type)}}, rest);
    }
    void expect_nonce(ByteView nonce) {
        has_short_nonce_ = nonce.size() < kNonceBytes;
        nonce_ = has_short_nonce_ ? "" : to_hex(nonce);
    }

    bool fill();
    void fill_tpm();
    void fill_composite();
    void fill_simulation();
    [[nodiscard]] Bytes tpm_evidence(std::string_view signature) const;
    [[nodiscard]] std::string registers() const;

    const Index& index_;
    const json& entry_;
    std::filesystem::path vectors_;
    std::filesystem::path folder_;
    EvidenceType type_ = EvidenceType::kSgxDcap;
    std::vector<std::string> evidence_;
    std::string policy_;
    std::string nonce_;
    bool has_short_nonce_ = false;
    bool has_unusable_policy_ = false;
};

bool Question::fill() {
    const auto kind = entry_.at("kind").get<std::string>();
    const auto wanted = input();
    if (kind.starts_with("nitro-doc")) {
        ask(EvidenceType::kNitro, {path("document")});
        if (wanted.contains("expected_nonce")) {
            expect_nonce(parse_hex(wanted.at("expected_nonce").get<std::string>()).value());
        }
    } else if (kind.starts_with("ias-report")) {
        ask(EvidenceType::kSgxIas,
            {path("report"), "--signature", path("signature"), "--certificates", path("signing_cert")});
        if (wanted.contains("expected_nonce")) {
            expect_nonce(bytes_of(wanted.at("expected_nonce").get<std::string>()));
        }
    } else if (kind.starts_with("cca-token")) {
        const auto key = x509::read_pem_block(index_.text(entry_, "platform_key"), "PUBLIC KEY", 4096);
        ask(EvidenceType::kCca, {path("token")});
        policy_ = policy("[[cca.platform-key]]\nkey = \"" + to_hex(key.value()) + "\"\n");
        if (wanted.contains("expected_challenge")) {
            expect_nonce(parse_hex(wanted.at("expected_challenge").get<std::string>()).value());
        }
    } else if (kind.starts_with("tpm-quote") && has("signature")) {
        fill_tpm();
    } else if (kind == "azure-vtpm-composite") {
        fill_composite();
    } else if (kind.starts_with("sim-evidence")) {
        fill_simulation();
    } else if (kind == "type-confusion") {
        if (entry_.at("expect").at("presented_as") == "sim") {
            fill_simulation();
        } else {
            ask(EvidenceType::kSgxDcap, {path("evidence")});
        }
    } else if (kind.starts_with("dcap-") || vectors::is_snp(entry_)) {
        const auto known = vectors::bare(vectors_, index_, entry_);
        const auto at = std::ranges::find(known, std::string{"--type"});
        evidence_.assign(at, known.end());
        type_ = evidence_type_named(evidence_.at(1)).value();
    } else {
        return false;
    }
    return true;
}

/// The container of docs/PROTOCOL.md, section 7.
Bytes Question::tpm_evidence(std::string_view signature) const {
    Bytes out;
    cbor::append_head(out, cbor::Kind::kMap, 3);
    cbor::append_text(out, "attest");
    cbor::append_bytes(out, index_.bytes(entry_, "attest"));
    cbor::append_text(out, signature);
    cbor::append_bytes(out, index_.bytes(entry_, "signature"));
    cbor::append_text(out, "pcrs");
    const auto values = json::parse(index_.text(entry_, "pcrs"));
    cbor::append_head(out, cbor::Kind::kArray, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        cbor::append_head(out, cbor::Kind::kArray, 3);
        cbor::append_head(out, cbor::Kind::kUnsigned, kTpmSha256);
        cbor::append_head(out, cbor::Kind::kUnsigned, i);
        cbor::append_bytes(out, parse_hex(values.at(i).get<std::string>()).value());
    }
    return out;
}

/// The rules of a policy for the registers that the entry has.
std::string Question::registers() const {
    std::string out;
    std::size_t number = 0;
    for (const auto& value : json::parse(index_.text(entry_, "pcrs"))) {
        out += "[[tpm.pcr]]\nbank = \"sha256\"\nindex = " + std::to_string(number++) + "\nvalue = \"" +
               value.get<std::string>() + "\"\n";
    }
    return out;
}

void Question::fill_tpm() {
    ask(EvidenceType::kTpm,
        {write("tpm.cbor", text_of(tpm_evidence("signature"))), "--attestation-key", path("ak_public")});
    policy_ = policy("[evidence]\ntypes = [\"tpm\"]\n");
    if (input().contains("expected_extra_data")) {
        expect_nonce(parse_hex(input().at("expected_extra_data").get<std::string>()).value());
    }
}

void Question::fill_composite() {
    Bytes out;
    cbor::append_head(out, cbor::Kind::kMap, has("quote") ? 3 : 2);
    cbor::append_text(out, "hcl_report");
    cbor::append_bytes(out, index_.bytes(entry_, "hcl_report"));
    cbor::append_text(out, "tpm");
    append(out, tpm_evidence("rsassa"));
    if (has("quote")) {
        cbor::append_text(out, "td_quote");
        cbor::append_bytes(out, index_.bytes(entry_, "quote"));
    }
    const auto file = write("composite.cbor", text_of(out));
    if (has("quote")) {
        ask(EvidenceType::kParavisor, {file, "--collateral", path("collateral")});
    } else {
        ask(EvidenceType::kParavisor, {file, "--certificates", path("vek"), "--certificates", path("ask"),
                                       "--certificates", path("ark")});
    }
    policy_ = policy("[evidence]\ntypes = [\"paravisor\"]\n" + registers());
    expect_nonce(parse_hex(input().at("expected_extra_data").get<std::string>()).value());
}

void Question::fill_simulation() {
    ask(EvidenceType::kSimulation, {path("evidence")});
    const bool is_allowed = input().value("allow_simulated", true);
    // An entry about types names no key: anybody's does, for nothing is signed.
    const auto anybodys =
        entry_.at("kind") == "type-confusion" ? json::array({std::string(64, '1')}) : json::array();
    const auto keys = input().value("trusted_sim_keys", anybodys);
    has_unusable_policy_ = is_allowed && keys.empty();
    policy_ = policy(
        "[evidence]\ntypes = [\"sim\"]\n[simulation]\nallow = " + std::string{is_allowed ? "true" : "false"} +
        "\ndevelopment-chain = true\nkeys = " + keys.dump() + "\n");
}

/// Whether the program said that the policy cannot be used, and nothing of the evidence.
bool is_refused_policy(const vectors::Finished& finished) {
    return finished.status == 2 && finished.result.is_object() && finished.result.contains("error") &&
           finished.result.at("error").at("code") == "policy_invalid";
}

/// The verdict of `verify`, compared with the index.
bool is_as_expected(const json& actual, const json& entry, const Question& question) {
    const auto& expected = entry.at("expect");
    const auto& appraisal = expected.at("appraisal");
    if (actual.at("verified") != appraisal.at("verified")) {
        return false;
    }
    if (!appraisal.at("verified").get<bool>()) {
        const auto reason = reason_of_code(actual.at("reason").get<std::string>());
        return reason && vectors::is_allowed_reason(appraisal, *reason);
    }
    std::set<std::string> violated;
    for (const auto& one : actual.at("policy").at("violations")) {
        violated.insert(one.at("code"));
    }
    auto reasons = expected.at("policy").at("reasons").get<std::set<std::string>>();
    if (question.has_short_nonce()) {
        reasons.erase("POLICY_NONCE");
    }
    return violated == reasons && actual.at("accepted") == reasons.empty();
}

/// What is verified somewhere else, one by one.
bool is_verified_elsewhere(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("dcap-") || vectors::is_snp(entry);
}

TEST(EvidenceProgramTypes, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    const wallet::TestFolder made;
    VectorCount count{"redoubt evidence verify"};
    for (const auto& entry : index.entries()) {
        const auto question = Question::of(index, folder, made, entry);
        if (!question || is_verified_elsewhere(entry)) {
            continue;
        }
        const auto finished = vectors::run(question->verify());
        if (question->has_unusable_policy()) {
            EXPECT_TRUE(is_refused_policy(finished)) << entry.at("id") << ": " << finished.output;
            count.record("sim-evidence, policy refused", entry.at("id"), is_refused_policy(finished));
            continue;
        }
        ASSERT_TRUE(finished.result.is_object() && finished.result.contains("accepted"))
            << entry.at("id") << ": " << finished.output;
        bool passed = finished.status == (finished.result.at("accepted").get<bool>() ? 0 : 1);
        if (vectors::is_genuine(entry)) {
            passed = passed && is_as_expected(finished.result, entry, *question);
        } else {
            passed = passed && finished.result.at("verified") == false;
        }
        EXPECT_TRUE(passed) << entry.at("id") << ": " << finished.output;
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

// Whatever is true of it: its fields are shown unless it cannot be read, and there are sentences about it.
TEST(EvidenceProgramTypes, are_shown_and_explained) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    const wallet::TestFolder made;
    VectorCount count{"redoubt evidence show, explain"};
    std::set<EvidenceType> seen;
    std::map<std::string, std::size_t> shown_of_kind;
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        const auto question = Question::of(index, folder, made, entry);
        // Of those that are verified elsewhere a few do.
        constexpr std::size_t kFew = 4;
        if (!question || (is_verified_elsewhere(entry) && shown_of_kind[kind]++ >= kFew)) {
            continue;
        }
        seen.insert(question->type());
        const auto shown = vectors::run(question->show());
        ASSERT_TRUE(shown.result.is_object()) << entry.at("id") << ": " << shown.output;
        const bool is_refused = shown.result.contains("error");
        bool passed = is_refused ? shown.status == 1 && shown.result["error"]["code"] == "evidence_malformed"
                                 : shown.status == 0 && shown.result.at("verified") == false &&
                                       !shown.result.at("fields").empty();
        // What was verified can be read.
        passed = passed && !(is_refused && entry.at("expect").contains("appraisal") &&
                             entry.at("expect").at("appraisal").at("verified") == true);
        passed = passed && (is_refused || vectors::run(question->show_untyped()).result == shown.result);
        const auto explained = vectors::run(question->explain());
        if (question->has_unusable_policy()) {
            passed = passed && explained.status == 2 && explained.output.empty();
        } else {
            passed = passed && (explained.status == 0 || is_refused) &&
                     (explained.status != 0 || explained.output.ends_with(".\n"));
        }
        EXPECT_TRUE(passed) << entry.at("id") << ": " << shown.output << explained.output;
        count.record(kind, entry.at("id"), passed);
    }
    for (const auto type : supported_types()) {
        // Of Keystone nothing genuine is known: its case is below.
        EXPECT_TRUE(seen.contains(type) || type == EvidenceType::kKeystone) << evidence_name(type);
    }
}

// The index has no collateral for their quotes: it is about what they hold, and nothing is accepted.
TEST(EvidenceProgramTypes, are_taken_out_of_tls_certificates) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"redoubt evidence, TLS certificates"};
    for (const auto& entry : index.entries()) {
        if (!entry.at("kind").get<std::string>().starts_with("ratls-cert")) {
            continue;
        }
        const auto file = (folder / entry.at("files").at("certificate").get<std::string>()).string();
        const auto& expected = entry.at("expect").at("fields");
        const auto shown = vectors::run({"evidence", "show", "--json", file});
        ASSERT_EQ(shown.status, 0) << entry.at("id") << ": " << shown.output;
        const auto& claims = shown.result.at("fields").at("claims");
        const auto verified = vectors::run({"evidence", "verify", "--json", file});
        const bool passed = shown.result.at("certificate").at("key_sha256") == expected.at("spki_sha256") &&
                            claims.at("mr_enclave") == expected.at("mrenclave") &&
                            claims.at("report_data") == expected.at("report_data") && verified.status == 1 &&
                            verified.result.at("reason") == "COLLATERAL_MISSING";
        EXPECT_TRUE(passed) << entry.at("id") << ": " << shown.output << verified.output;
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

TEST(EvidenceProgramTypes, have_reports_of_keystone_under_a_key_of_the_policy) {
    const wallet::TestFolder made;
    const auto write = [&](const char* name, std::string_view content) {
        const auto file = (made.path() / name).string();
        std::ofstream{file, std::ios::binary} << content;
        return file;
    };
    const auto report = write("report", text_of(tests::make_keystone_report(Bytes(64, 5))));
    const auto rules = write("policy.toml", policy("[keystone]\ndevice-keys = [\"" +
                                                   to_hex(tests::keystone_device_key().view()) + "\"]\n"));
    const auto verified =
        vectors::run({"evidence", "verify", "--json", "--type", "keystone", report, "--policy", rules});
    EXPECT_EQ(verified.status, 0) << verified.output;
    EXPECT_EQ(verified.result.at("accepted"), true);
    const auto refused = vectors::run({"evidence", "verify", "--json", "--type", "keystone", report});
    EXPECT_EQ(refused.status, 1) << refused.output;
    EXPECT_EQ(refused.result.at("verified"), false);
    EXPECT_EQ(vectors::run({"evidence", "show", "--json", "--type", "keystone", report}).status, 0);
    const auto explained = vectors::run({"evidence", "explain", "--type", "keystone", report});
    EXPECT_EQ(explained.status, 0);
    EXPECT_TRUE(explained.output.ends_with(".\n")) << explained.output;
}

}  // namespace
}  // namespace redoubt::attestation
