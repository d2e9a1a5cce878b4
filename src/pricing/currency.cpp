#include "pricing/currency.h"

#include <algorithm>
#include <array>

namespace lifeline::pricing {

namespace {

// ISO 4217, without funds, metals and codes for tests. Each text is sorted words of three letters.
struct Digits {
    int digits;
    std::string_view codes;
};

constexpr std::array<Digits, 4> table = {
    Digits{0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF "},
    Digits{2,
           "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD "
           "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
           "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP "
           "LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
           "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
           "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD "
           "XCG YER ZAR ZMW ZWG "},
    Digits{3, "BHD IQD JOD KWD LYD OMR TND "},
    Digits{4, "CLF UYW "},
};

}  // namespace

std::optional<int> minor_digits(std::string_view currency) {
    if (currency.size() != 3 || currency.contains(' ')) return std::nullopt;
    const auto row = std::ranges::find_if(
        table, [&](const Digits& one) { return one.codes.contains(currency); });
    if (row == table.end()) return std::nullopt;
    return row->digits;
}

}  // namespace lifeline::pricing
