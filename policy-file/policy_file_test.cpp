#include <policy-file/policy_file.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <tests/support/cca_test_key.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/tpm_test_keys.hpp>

#include <algorithm>
#include <filesystem>

namespace redoubt::policy_file {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string kHeader = "format = \"redoubt-policy/1\"\n";

PolicyDocument parsed(const std::string& body) {
    auto read = parse_policy(kHeader + body, "p.toml");
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
    return read ? std::move(read).value() : PolicyDocument{};
}

Problem refused(const std::string& body) {
    auto read = parse_policy(kHeader + body, "p.toml");
    EXPECT_FALSE(read.has_value()) << body;
    return read ? Problem{} : read.error();
}

std::filesystem::path example(const std::string& name) {
    return tests::source_folder() / "policy-file/examples" / name;
}

// A verdict that each rule of the production policy accepts.
Verdict up_to_date() {
    Verdict out;
    out.refusal.reset();
    out.is_hardware = true;
    out.claims = SgxClaims{};
    out.tcb = TcbFacts{};
    out.tcb->status = TcbStatus::kUpToDate;
    return out;
}

TEST(PolicyFile, says_the_production_policy_when_it_says_nothing) {
    const auto read = parsed("").policy;
    const Policy production;
    EXPECT_EQ(read.accepted_types, production.accepted_types);
    EXPECT_EQ(read.allows_debug, production.allows_debug);
    EXPECT_EQ(read.allows_simulation, production.allows_simulation);
    EXPECT_EQ(read.accepted_statuses.size(), production.accepted_statuses.size());
    EXPECT_EQ(read.measurements.has_value(), production.measurements.has_value());
    EXPECT_EQ(read.binding.has_value(), production.binding.has_value());
    EXPECT_THAT(violations(up_to_date(), read, {0}), IsEmpty());
}

TEST(PolicyFile, reads_each_example) {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator{tests::source_folder() / "policy-file/examples"}) {
        const auto read = load_policy(entry.path());
        EXPECT_TRUE(read.has_value()) << read.error().message;
        ++count;
    }
    EXPECT_GT(count, 0U);
}

TEST(PolicyFile, means_what_it_says) {
    const auto document = load_policy(example("production.toml")).value();
    const auto& policy = document.policy;
    EXPECT_EQ(document.name, "example");
    EXPECT_EQ(document.revision, 3U);
    EXPECT_THAT(policy.accepted_types,
                ElementsAre(EvidenceType::kSgxDcap, EvidenceType::kTdxDcap, EvidenceType::kSnp));
    EXPECT_FALSE(policy.allows_debug);
    EXPECT_EQ(policy.evidence_age_s_max, 86'400);
    EXPECT_THAT(policy.accepted_quote_statuses,
                ElementsAre(IasQuoteStatus::kOk, IasQuoteStatus::kSwHardeningNeeded));
    EXPECT_EQ(policy.pins.xfam, 0x602e7U);
    ASSERT_EQ(policy.accepted_statuses.size(), 2U);
    EXPECT_EQ(policy.accepted_statuses[0].status, TcbStatus::kUpToDate);
    EXPECT_EQ(policy.accepted_statuses[0].mitigated_advisories, std::nullopt);
    EXPECT_EQ(policy.accepted_statuses[1].status, TcbStatus::kSwHardeningNeeded);
    EXPECT_THAT(*policy.accepted_statuses[1].mitigated_advisories,
                ElementsAre("INTEL-SA-00334", "INTEL-SA-00615"));
    EXPECT_EQ(policy.evaluation_number_min, 17U);
    ASSERT_TRUE(policy.allowed_fmspc);
    ASSERT_EQ(policy.allowed_fmspc->size(), 2U);
    EXPECT_EQ(to_hex(policy.allowed_fmspc->at(1).view()), "b0c06f000000");
    EXPECT_EQ(policy.collateral_age_s_max, 604'800);
    EXPECT_EQ(policy.collateral_grace_s, 0);
    EXPECT_TRUE(policy.refuses_provision_key);
    EXPECT_EQ(policy.pins.misc_select, 0U);
    EXPECT_TRUE(policy.pins.config_id && policy.pins.config_id->is_zero());
    EXPECT_TRUE(policy.pins.mr_config_id && policy.pins.mr_config_id->is_zero());
    EXPECT_TRUE(policy.pins.host_data && policy.pins.host_data->is_zero());
    EXPECT_TRUE(policy.requires_sept_ve_disable);
    EXPECT_TRUE(policy.applies_snp_floors_to_committed);
    EXPECT_TRUE(policy.requires_snp_revocation_list);
    ASSERT_TRUE(policy.floors.time);
    EXPECT_EQ(to_utc(*policy.floors.time), "2026-01-01T00:00:00Z");
    EXPECT_EQ(policy.floors.sgx_evaluation_number, 17U);
    EXPECT_EQ(policy.floors.tdx_evaluation_number, 17U);
    ASSERT_EQ(policy.floors.lists.size(), 1U);
    EXPECT_EQ(policy.floors.lists[0].number, Bytes{1});
    ASSERT_EQ(policy.snp_floors.size(), 1U);
    EXPECT_EQ(policy.snp_floors[0].product, SnpProduct::kMilan);
    EXPECT_EQ(policy.snp_floors[0].svns,
              (SnpSvns{.fmc = 0, .boot_loader = 4, .tee = 0, .snp = 24, .microcode = 219}));
    EXPECT_EQ(policy.snp_floors[0].firmware, (SnpFirmwareVersion{.build = 21, .minor = 55, .major = 1}));
    EXPECT_EQ(policy.snp_guest.guest_policy, 0x30000U);
    EXPECT_EQ(policy.snp_guest.platform_info, kSnpPlatformEcc | kSnpPlatformAliasCheck);
    EXPECT_EQ(policy.snp_guest.id_keys->size(), 1U);
    EXPECT_EQ(policy.snp_guest.author_keys->size(), 1U);
    EXPECT_THAT(policy.snp_guest.csp_ids.value(), ElementsAre("Example Cloud"));
    ASSERT_EQ(policy.allowed_tds.value().size(), 1U);
    EXPECT_TRUE(policy.allowed_tds->at(0).rtmr[0] && policy.allowed_tds->at(0).rtmr[2]);
    EXPECT_FALSE(policy.allowed_tds->at(0).rtmr[3]);
    ASSERT_EQ(policy.allowed_components.value().size(), 1U);
    EXPECT_EQ(policy.allowed_components->at(0).measurement.size(), 32U);
    EXPECT_EQ(policy.allowed_components->at(0).type, "BL");
    EXPECT_EQ(policy.allowed_components->at(0).version, "1.2.3");
    EXPECT_TRUE(policy.allowed_components->at(0).signer_id);
    ASSERT_EQ(policy.allowed_realms.value().size(), 1U);
    EXPECT_EQ(policy.allowed_realms->at(0).initial_measurement.size(), 64U);
    EXPECT_TRUE(policy.allowed_realms->at(0).personalization);
    ASSERT_EQ(policy.nitro_pcrs.size(), 1U);
    EXPECT_EQ(policy.nitro_pcrs[0].index, 8);
    EXPECT_EQ(policy.nitro_pcrs[0].values.size(), 1U);
    EXPECT_FALSE(policy.allows_published_keystone_keys);
    EXPECT_EQ(policy.tpm_counters_min, (TpmCounters{1, 0}));
    ASSERT_EQ(policy.required_pcrs.size(), 1U);
    EXPECT_EQ(policy.required_pcrs[0].bank, kTpmSha256);
    EXPECT_EQ(policy.required_pcrs[0].index, 7);
    EXPECT_EQ(policy.required_pcrs[0].value.size(), 32U);
    ASSERT_TRUE(policy.measurements);
    EXPECT_EQ(policy.measurements->mode, MeasurementMode::kMeasurement);
    EXPECT_THAT(policy.measurements->revoked, ElementsAre(Bytes(32, 0x11)));
    ASSERT_EQ(policy.measurements->allowed.size(), 1U);
    EXPECT_EQ(to_utc(policy.measurements->allowed[0].valid_from), "2026-01-01T00:00:00Z");
    EXPECT_EQ(to_utc(*policy.measurements->allowed[0].valid_until), "2026-07-01T00:00:00Z");
    ASSERT_TRUE(policy.binding);
    EXPECT_EQ(policy.binding->role, "worker");
    EXPECT_EQ(policy.binding->age_s_max, 3600);
    EXPECT_TRUE(policy.binding->genesis_hash && policy.binding->shard);
    EXPECT_FALSE(document.simulation().is_allowed);
}

TEST(PolicyFile, names_signers_and_simulation) {
    const auto by_signer = load_policy(example("signer.toml")).value().policy;
    EXPECT_EQ(by_signer.measurements->mode, MeasurementMode::kSigner);
    ASSERT_EQ(by_signer.measurements->signers.size(), 1U);
    EXPECT_EQ(by_signer.measurements->nitro_signers.size(), 1U);
    EXPECT_EQ(by_signer.measurements->signers[0].isv_svn_min, 2U);
    const auto simulation = load_policy(example("development.toml")).value().simulation();
    EXPECT_TRUE(simulation.is_allowed && simulation.is_development_chain);
    EXPECT_EQ(simulation.trusted_keys.size(), 1U);
}

TEST(PolicyFile, wants_registers_as_long_as_their_bank_says) {
    const auto pcr = [](const std::string& bank, const std::string& index, std::size_t digits) {
        return "[[tpm.pcr]]\nbank = \"" + bank + "\"\nindex = " + index + "\nvalue = \"" +
               std::string(digits, 'a') + "\"\n";
    };
    EXPECT_EQ(parsed(pcr("sha384", "31", 96)).policy.required_pcrs.at(0).bank, kTpmSha384);
    EXPECT_EQ(parsed(pcr("sha512", "0", 128) + pcr("sha256", "0", 64)).policy.required_pcrs.size(), 2U);
    EXPECT_THAT(refused(pcr("sha384", "1", 64)).message, HasSubstr("not as long"));
    EXPECT_THAT(refused(pcr("sha1", "1", 40)).message, HasSubstr("sha1"));
    EXPECT_THAT(refused(pcr("sha256", "32", 64)).message, HasSubstr("from 0 to 31"));
    EXPECT_THAT(refused("[[tpm.pcr]]\nbank = \"sha256\"\nindex = 1\n").message, HasSubstr("value"));
}

TEST(PolicyFile, counts_the_offset_of_a_time) {
    const auto rules = parsed("[[measurements.allow]]\nmeasurement = \"" + std::string(64, 'a') +
                              "\"\nfrom = 2026-01-01T02:00:00+02:00\nuntil = 1767225601\n")
                           .policy.measurements;
    EXPECT_EQ(to_utc(rules->allowed.at(0).valid_from), "2026-01-01T00:00:00Z");
    EXPECT_EQ(rules->allowed.at(0).valid_until->unix_seconds, 1'767'225'601);
}

// What a result calls the policy cannot be said of two policies.
TEST(PolicyFile, is_told_from_the_built_in_policy_and_from_other_files) {
    EXPECT_EQ(PolicyDocument{}.sha256, std::nullopt);
    const auto first = parsed("");
    const auto second = parsed("\n");
    ASSERT_TRUE(first.sha256 && second.sha256);
    EXPECT_NE(*first.sha256, *second.sha256);
    EXPECT_EQ(*first.sha256, *parsed("").sha256);
    for (const auto* name : {"built-in", "Built-In"}) {
        EXPECT_THAT(refused("name = \"" + std::string{name} + "\"\n").message, HasSubstr("without a file"));
    }
    EXPECT_EQ(parsed("name = \"built-in-2\"\n").name, "built-in-2");
}

TEST(PolicyFile, rejects_keys_that_nobody_knows_and_names_the_nearest) {
    const auto problem = refused("[tcb]\nstatus = [\"UpToDate\"]\n");
    EXPECT_THAT(problem.message, StartsWith("p.toml:3: unknown key \"status\" in [tcb]"));
    EXPECT_EQ(problem.remedy, "Did you mean statuses?");
    EXPECT_EQ(refused("[measurement]\n").remedy, "Did you mean measurements?");
    EXPECT_THAT(refused("[snp]\nzzzzzzzzzzzz = 1\n").remedy,
                HasSubstr("migration, floors-apply-to-committed"));
    EXPECT_THAT(refused("[[snp.floor]]\nproduct = \"Milan\"\nboot = 1\n").message,
                HasSubstr("p.toml:4: unknown key"));
    EXPECT_THAT(refused("\"a\\u0007b\" = 1\n").message, HasSubstr("\"a?b\""));
}

// The message of a TOML error quotes the file, and goes to a terminal.
TEST(PolicyFile, shows_no_control_characters_of_the_file) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    for (const std::string piece : {"\x1b", "\x7f", "\x01"}) {
        for (const auto& body : {"a = " + piece + "[31m\n", piece + " = 1\n", "a = \"" + piece + "\"\n"}) {
            const auto message = refused(body).message;
            EXPECT_TRUE(std::ranges::none_of(message, is_control)) << message;
            EXPECT_THAT(message, StartsWith("p.toml:2: "));
        }
    }
    // U+009B begins a command of a terminal as ESC [ does.
    EXPECT_THAT(refused("\"a\\u009bb\" = 1\n").message, HasSubstr("\"a?b\""));
}

TEST(PolicyFile, rejects_words_that_nobody_knows_and_names_the_nearest) {
    EXPECT_EQ(refused("[evidence]\ntypes = [\"sgx\", \"tdxx\"]\n").remedy, "Did you mean tdx?");
    EXPECT_EQ(refused("[tcb]\nstatuses = [\"OutofDate\"]\n").remedy, "Did you mean OutOfDate?");
    // A revoked platform is never verified, so that accepting it cannot mean anything.
    EXPECT_THAT(refused("[tcb]\nstatuses = [\"Revoked\"]\n").message,
                HasSubstr("no word that is known here"));
    EXPECT_EQ(refused("[measurements]\nmode = \"signers\"\n").remedy, "Did you mean signer?");
    EXPECT_EQ(refused("[binding]\nrole = \"Worker\"\n").remedy, "Did you mean worker?");
    EXPECT_THAT(refused("[binding]\nrole = \"notary\"\n").remedy, HasSubstr("kms"));
    EXPECT_EQ(refused("[[snp.floor]]\nproduct = \"milan\"\n").remedy, "Did you mean Milan?");
}

TEST(PolicyFile, rejects_mitigations_of_statuses_that_it_does_not_accept) {
    EXPECT_THAT(refused("[tcb]\nstatuses = [\"UpToDate\"]\n[tcb.mitigated]\nOutOfDate = []\n").message,
                HasSubstr("unknown key \"OutOfDate\""));
    const auto policy = parsed("[tcb.mitigated]\nOutOfDate = []\n[tcb]\nstatuses = [\"OutOfDate\"]\n").policy;
    EXPECT_THAT(*policy.accepted_statuses.at(0).mitigated_advisories, IsEmpty());
}

TEST(PolicyFile, rejects_values_of_another_kind_or_out_of_range) {
    for (const auto* body :
         {"[evidence]\ndebug = 1\n", "[evidence]\ntypes = \"sgx\"\n", "evidence = 1\n",
          "[tcb]\nfmspc = [\"00\"]\n", "[tcb]\nfmspc = [\"00906ed5000g\"]\n",
          "[tcb]\nevaluation-number-min = 4294967296\n", "[collateral]\ngrace = -1\n",
          "[collateral]\nage-max = 1.5\n", "[sgx]\nconfig-id = \"00\"\n",
          "[[snp.floor]]\nproduct = \"Milan\"\nsnp = 256\n", "[snp]\nfloor = 1\n", "[snp]\nfloor = [1]\n",
          "[binding]\nrole = \"\"\n", "[binding]\nrole = \"123456789012345678901234567890123\"\n",
          "[simulation]\nkeys = [\"00\"]\n", "revision = -1\n", "name = \"\"\n",
          "[[measurements.allow]]\nmeasurement = \"00\"\n"}) {
        const auto problem = refused(body);
        EXPECT_THAT(problem.message, StartsWith("p.toml:")) << body;
        EXPECT_THAT(problem.remedy, testing::Not(IsEmpty())) << body;
    }
}

// An empty list of what is allowed could be read as "everything" or as "nothing".
TEST(PolicyFile, rejects_lists_that_name_nothing_where_they_would_allow_or_demand_something) {
    for (const auto* body :
         {"[tcb]\nfmspc = []\n", "[evidence]\ntypes = []\n", "[snp]\nfloor = []\n", "[tpm]\npcr = []\n",
          "[measurements]\nallow = []\n", "[cca]\nplatform-key = []\n", "[cca]\ncomponent = []\n",
          "[tdx]\nallow = []\n", "[nitro]\npcr = []\n", "[snp]\nid-keys = []\n", "[snp]\ncsp-ids = []\n"}) {
        const auto problem = refused(body);
        EXPECT_THAT(problem.message, StartsWith("p.toml:3: ")) << body;
        EXPECT_THAT(problem.remedy, testing::Not(IsEmpty())) << body;
    }
}

TEST(PolicyFile, takes_an_empty_list_as_none_where_it_adds_to_what_is_taken) {
    const auto document = parsed(
        "[evidence]\nquote-statuses = []\n[tcb]\nstatuses = []\n[tdx]\nservice-tds = []\n"
        "[tpm]\nattestation-keys = []\n[keystone]\ndevice-keys = []\n");
    EXPECT_THAT(document.policy.accepted_quote_statuses, IsEmpty());
    EXPECT_THAT(document.policy.accepted_statuses, IsEmpty());
    EXPECT_THAT(document.policy.allowed_service_tds, IsEmpty());
    EXPECT_THAT(document.tpm_attestation_keys, IsEmpty());
    EXPECT_THAT(document.keystone_device_keys, IsEmpty());
    EXPECT_THAT(violations(up_to_date(), document.policy, {0}), ElementsAre(Reason::kPolicyTcbStatus));
}

TEST(PolicyFile, rejects_a_floor_that_floors_nothing) {
    for (const auto* rest : {"", "snp = 0\n", "fmc = 0\nboot-loader = 0\ntee = 0\nmicrocode = 0\n"}) {
        const auto problem = refused(std::string{"[[snp.floor]]\nproduct = \"Genoa\"\n"} + rest);
        EXPECT_THAT(problem.message, StartsWith("p.toml:2: [[snp.floor]] of Genoa")) << rest;
    }
    EXPECT_EQ(parsed("[[snp.floor]]\nproduct = \"Genoa\"\ntee = 1\n").policy.snp_floors.size(), 1U);
}

// The measurement is the paravisor's, so that registers alone say which guest it is.
TEST(PolicyFile, rejects_paravisors_without_a_rule_on_the_guest) {
    const std::string types = "[evidence]\ntypes = [\"snp\", \"paravisor\"]\n";
    EXPECT_THAT(refused(types).message, StartsWith("p.toml:3: paravisor"));
    const auto policy = parsed(types + "[[tpm.pcr]]\nbank = \"sha256\"\nindex = 7\nvalue = \"" +
                               std::string(64, 'a') + "\"\n")
                            .policy;
    EXPECT_EQ(policy.required_pcrs.size(), 1U);
}

TEST(PolicyFile, rejects_floors_of_lists_that_say_nothing_or_two_things) {
    const auto list = [](const std::string& number) {
        return "[[floors.list]]\nissuer = \"" + std::string(64, 'a') + "\"\nnumber = " + number + "\n";
    };
    EXPECT_EQ(parsed(list("\"0100\"")).policy.floors.lists.at(0).number, (Bytes{1, 0}));
    for (const auto* number : {"1", "\"\"", "\"1\"", "\"00112233445566778899001122334455667788990011\""}) {
        EXPECT_THAT(refused(list(number)).message, StartsWith("p.toml:4: ")) << number;
    }
    EXPECT_THAT(refused(list("\"01\"") + list("\"02\"")).message, HasSubstr("twice"));
    EXPECT_THAT(refused("[[floors.list]]\nnumber = \"01\"\n").message, HasSubstr("has no issuer"));
    EXPECT_THAT(refused("[floors]\nlist = []\n").message, StartsWith("p.toml:3: "));
}

TEST(PolicyFile, rejects_times_without_offset) {
    const auto allow = [](const std::string& from) {
        return "[[measurements.allow]]\nmeasurement = \"" + std::string(64, 'a') + "\"\nfrom = " + from +
               "\n";
    };
    EXPECT_THAT(refused(allow("2026-01-01T00:00:00")).remedy, HasSubstr("2026-03-01T00:00:00Z"));
    refused(allow("2026-01-01"));
    refused(allow("-1"));
    refused(allow("2026-01-01T00:00:00Z\nuntil = 2026-01-01T00:00:00Z"));
}

TEST(PolicyFile, rejects_rules_that_accept_no_program) {
    EXPECT_THAT(refused("[measurements]\n").message, HasSubstr("accepts no program"));
    refused("[measurements]\nmode = \"signer\"\n");
    refused("[measurements]\nrevoked = [\"" + std::string(64, '1') + "\"]\n");
    refused("[measurements]\nmode = \"signer\"\n[[measurements.allow]]\nmeasurement = \"" +
            std::string(64, 'a') + "\"\n[[measurements.signer]]\nmr-signer = \"" + std::string(64, 'b') +
            "\"\nproduct-id = 0\nsvn-min = 1\n");
    // A signer without its floor would be trusted with every build of the past.
    EXPECT_THAT(refused("[measurements]\nmode = \"signer\"\n[[measurements.signer]]\nmr-signer = \"" +
                        std::string(64, 'b') + "\"\nproduct-id = 0\n")
                    .message,
                HasSubstr("has no svn-min"));
}

TEST(PolicyFile, rejects_simulation_without_keys_or_on_no_development_chain) {
    const auto keys = "keys = [\"" + std::string(64, '1') + "\"]\n";
    refused("[simulation]\nallow = true\ndevelopment-chain = true\n");
    refused("[simulation]\nallow = true\n" + keys);
    EXPECT_TRUE(
        parsed("[simulation]\nallow = true\ndevelopment-chain = true\n" + keys).simulation().is_allowed);
    EXPECT_FALSE(parsed("[simulation]\n" + keys).simulation().is_allowed);
}

TEST(PolicyFile, names_keys_of_arm_cca_platforms) {
    const auto document = parsed("[[cca.platform-key]]\nkey = \"" + std::string{tests::kCcaTestKeys[0]} +
                                 "\"\nimplementation-id = \"" + std::string(64, '0') + "\"\n");
    ASSERT_EQ(document.cca_platform_keys.size(), 1U);
    EXPECT_EQ(to_hex(document.cca_platform_keys[0].public_key_info), tests::kCcaTestKeys[0]);
    EXPECT_TRUE(document.cca_platform_keys[0].implementation_id.has_value());
    EXPECT_FALSE(document.cca_platform_keys[0].instance_id.has_value());
    refused("[[cca.platform-key]]\nkey = \"3059\"\n");
    refused("[[cca.platform-key]]\n");
}

TEST(PolicyFile, lists_firmware_and_realms_of_arm_cca) {
    const auto bytes = [](std::size_t count) { return "\"" + std::string(2 * count, 'a') + "\"\n"; };
    const auto policy = parsed("[[cca.component]]\nmeasurement = " + bytes(48) +
                               "[[cca.component]]\nmeasurement = " + bytes(32) + "[[cca.realm]]\n" +
                               "initial-measurement = " + bytes(32) + "extensible3 = " + bytes(32))
                            .policy;
    EXPECT_EQ(policy.allowed_components->size(), 2U);
    EXPECT_TRUE(policy.allowed_realms->at(0).extensible_measurements[3]);
    EXPECT_THAT(refused("[[cca.component]]\ntype = \"BL\"\n").message,
                StartsWith("p.toml:2: [[cca.component]] has no measurement"));
    EXPECT_THAT(refused("[[cca.component]]\nmeasurement = " + bytes(20)).message, StartsWith("p.toml:3: "));
    EXPECT_THAT(
        refused("[[cca.realm]]\ninitial-measurement = " + bytes(32) + "extensible1 = " + bytes(64)).message,
        HasSubstr("have one length"));
    EXPECT_EQ(refused("[[cca.realm]]\ninitial-measurement = " + bytes(32) + "extensible = 1\n").remedy,
              "Did you mean extensible0?");
}

TEST(PolicyFile, lists_registers_and_signers_of_aws_nitro) {
    const auto bytes = [](char digit) { return "\"" + std::string(96, digit) + "\""; };
    const auto policy =
        parsed("[[nitro.pcr]]\nindex = 3\nvalues = [" + bytes('a') + ", " + bytes('b') + "]\n").policy;
    EXPECT_EQ(policy.nitro_pcrs.at(0).values.size(), 2U);
    EXPECT_THAT(refused("[[nitro.pcr]]\nindex = 32\nvalues = [" + bytes('a') + "]\n").message,
                HasSubstr("from 0 to 31"));
    EXPECT_THAT(refused("[[nitro.pcr]]\nindex = 3\nvalues = []\n").message, StartsWith("p.toml:4: "));
    EXPECT_THAT(refused("[[nitro.pcr]]\nindex = 3\n").message, HasSubstr("has no values"));
    const std::string signer = "[measurements]\nmode = \"signer\"\n[[measurements.signer]]\nnitro-pcr8 = ";
    EXPECT_EQ(parsed(signer + bytes('c') + "\n").policy.measurements->nitro_signers.size(), 1U);
    EXPECT_THAT(refused(signer + bytes('0') + "\n").message, HasSubstr("nobody signed"));
    // An image has no version: a floor beside it would be a rule that never holds.
    EXPECT_THAT(refused(signer + bytes('c') + "\nsvn-min = 1\n").message,
                HasSubstr("unknown key \"svn-min\""));
    refused("[[measurements.allow]]\nmeasurement = \"" + std::string(96, 'a') +
            "\"\n[[measurements.signer]]\nnitro-pcr8 = " + bytes('c') + "\n");
}

TEST(PolicyFile, reads_versions_of_firmware) {
    const auto floor = [](const std::string& version) {
        return "[[snp.floor]]\nproduct = \"Milan\"\nfirmware = \"" + version + "\"\n";
    };
    EXPECT_EQ(parsed(floor("0.55.255")).policy.snp_floors.at(0).firmware,
              (SnpFirmwareVersion{.build = 255, .minor = 55, .major = 0}));
    for (const auto* version : {"", "1", "1.55", "1.55.", "1.55.21.", "1.55.21.0", "1.55.256", "1.-5.2",
                                "1..2", ".1.2", " 1.2.3", "1.2.3a", "+1.2.3"}) {
        EXPECT_THAT(refused(floor(version)).message, StartsWith("p.toml:4: ")) << version;
    }
    EXPECT_EQ(refused("[snp]\nrequire-platform = [\"alias-cheque\"]\n").remedy, "Did you mean alias-check?");
}

// Anybody can sign as a device whose secret is published.
TEST(PolicyFile, refuses_published_keystone_keys_unless_it_allows_them) {
    const std::string keys =
        "[keystone]\ndevice-keys = [\"0faad4ff01178583baa588966f7c1ff32564dd17d7dc2b46cb50a84a69270b4c\"]\n";
    EXPECT_THAT(refused(keys).message, StartsWith("p.toml:2: [keystone] trusts a device key"));
    EXPECT_THAT(refused(keys + "published-keys = false\n").remedy, HasSubstr("published-keys = true"));
    const auto document = parsed(keys + "published-keys = true\n");
    EXPECT_TRUE(document.policy.allows_published_keystone_keys);
    EXPECT_EQ(document.keystone_device_keys.size(), 1U);
    EXPECT_FALSE(parsed("[keystone]\ndevice-keys = [\"" + std::string(64, '1') + "\"]\n")
                     .policy.allows_published_keystone_keys);
}

TEST(PolicyFile, names_keys_of_tpms) {
    const std::string key{tests::kTpmTestEcKey};
    const auto document = parsed("[tpm]\nattestation-keys = [\"" + key + "\"]\n");
    ASSERT_EQ(document.tpm_attestation_keys.size(), 1U);
    EXPECT_EQ(document.tpm_attestation_keys[0].public_key_info, parse_hex(key).value());
    refused("[tpm]\nattestation-keys = [\"" + key + "00\"]\n");
    refused("[tpm]\nattestation-keys = \"" + key + "\"\n");
}

TEST(PolicyFile, names_counters_of_a_tpm) {
    EXPECT_EQ(parsed("[tpm]\n").policy.tpm_counters_min, std::nullopt);
    EXPECT_EQ(parsed("[tpm]\nresets-min = 2\nrestarts-min = 1\n").policy.tpm_counters_min,
              (TpmCounters{2, 1}));
    refused("[tpm]\nresets-min = 4294967296\n");
}

TEST(PolicyFile, rejects_what_is_no_policy) {
    const auto no_toml = parse_policy("format = \"redoubt-policy/1\"\n[", "p.toml");
    EXPECT_THAT(no_toml.error().message, StartsWith("p.toml:2: "));
    EXPECT_THAT(parse_policy("", "p.toml").error().message, HasSubstr("has no format"));
    EXPECT_THAT(parse_policy("format = \"redoubt-policy/2\"\n", "p.toml").error().message,
                StartsWith("p.toml:1: "));
    EXPECT_TRUE(parse_policy(kHeader + std::string(kPolicyFileBytesMax - kHeader.size(), '\n'), "p.toml"));
    EXPECT_FALSE(
        parse_policy(kHeader + std::string(kPolicyFileBytesMax + 1 - kHeader.size(), '\n'), "p.toml"));
    EXPECT_THAT(load_policy("/nowhere/p.toml").error().message,
                HasSubstr("cannot be read: there is no such file"));
    EXPECT_THAT(load_policy("/").error().message, HasSubstr("cannot be read: it is a folder"));
    EXPECT_FALSE(load_policy(tests::source_folder()).has_value());
}

}  // namespace
}  // namespace redoubt::policy_file
