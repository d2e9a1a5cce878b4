#include "app/certificate.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "base/check.h"
#include "base/virtual_loop.h"

namespace lifeline::app {
namespace {

const std::string fixtures = "src/net/fixtures/";

// Work that is done when it is asked for.
class AtOnce final : public Worker {
public:
    void submit(Job job) override { job(); }
};

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "lifeline-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    // A file with what that fixture has, written at that time.
    std::string put(const std::string& name, const std::string& fixture, int minute) {
        const auto to = path_ / name;
        std::filesystem::copy_file(fixtures + fixture, to,
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::last_write_time(
            to, std::filesystem::file_time_type(std::chrono::minutes(minute)));
        return to.string();
    }

private:
    std::filesystem::path path_;
};

TEST(CertificateWatch, TakesANewPairAndNoHalfOne) {
    Folder folder;
    TlsFiles files;
    files.certificate = folder.put("certificate.pem", "right.pem", 0);
    files.key = folder.put("key.pem", "right.pem", 0);
    VirtualLoop loop;
    AtOnce worker;
    int renewed = 0;
    CertificateWatch watch(loop, worker, [&](const SharedTls& tls) {
        EXPECT_NE(tls, nullptr);
        ++renewed;
    });
    watch.watch(files);
    loop.run_for(CertificateWatch::interval * 3);
    EXPECT_EQ(renewed, 0) << "nothing has changed";

    folder.put("certificate.pem", "other_host.pem", 1);
    loop.run_for(CertificateWatch::interval);
    EXPECT_EQ(renewed, 0) << "the key is still the old one's";
    folder.put("key.pem", "other_host.pem", 1);
    loop.run_for(CertificateWatch::interval);
    EXPECT_EQ(renewed, 1);
    loop.run_for(CertificateWatch::interval * 3);
    EXPECT_EQ(renewed, 1);

    watch.stop();
    folder.put("key.pem", "right.pem", 2);
    loop.run_for(CertificateWatch::interval * 3);
    EXPECT_EQ(renewed, 1);
}

TEST(CertificateWatch, WithoutTlsThereIsNothingToLookAt) {
    EXPECT_EQ(load_certificate({}).value(), nullptr);
    TlsFiles files;
    files.certificate = fixtures + "right.pem";
    files.key = fixtures + "other_host.pem";
    const auto refused = load_certificate(files);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "config_invalid");
}

}  // namespace
}  // namespace lifeline::app
