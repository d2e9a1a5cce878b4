#include "app/document_tools.h"

namespace lifeline::app {

namespace {

using contract::Risk;

tools::Tool builtin(std::string name, contract::Risk risk, std::string description,
                    std::string schema) {
    tools::Tool tool;
    tool.name = std::move(name);
    tool.kind = tools::Kind::builtin;
    tool.description = std::move(description);
    tool.risk = risk;
    tool.idempotent = true;
    tool.attempts = 3;
    tool.schema_json = std::move(schema);
    tool.display.external = false;
    tool.display.target = tool.name == "document.create" ? "/title" : "/documentId";
    return tool;
}

}  // namespace

std::vector<tools::Tool> document_tools() {
    return {
        builtin("document.create", Risk::low_risk_write,
                "Makes a document that everybody in the call can see and edit. Gives documentId "
                "and rev.",
                R"({"type":"object","required":["kind","title"],"additionalProperties":false,)"
                R"("properties":{"kind":{"type":"string","minLength":1,"maxLength":64},)"
                R"("title":{"type":"string","minLength":1,"maxLength":256},)"
                R"("content":{"type":"object"}}})"),
        builtin("document.edit", Risk::low_risk_write,
                "Changes a document of the call by a JSON Patch (RFC 6902) made on revision "
                "baseRev. Gives documentId and the new rev; edit_conflict where somebody changed "
                "the same places meanwhile.",
                R"({"type":"object","required":["documentId","baseRev","patch"],)"
                R"("additionalProperties":false,"properties":{"documentId":{"type":"string"},)"
                R"("baseRev":{"type":"integer","minimum":0},"patch":{"type":"array","minItems":1,)"
                R"("maxItems":256,"items":{"type":"object","required":["op","path"],)"
                R"("properties":{"op":{"enum":["add","remove","replace","move","copy","test"]},)"
                R"("path":{"type":"string"},"from":{"type":"string"}}}}}})"),
        builtin("document.read", Risk::read_only,
                "Reads a document of the call as it is now: documentId, kind, title, rev and "
                "content. With path (a JSON pointer, as in a patch) only what is there. What is "
                "too large is truncated, and omitted says which paths to read by themselves.",
                R"({"type":"object","required":["documentId"],"additionalProperties":false,)"
                R"("properties":{"documentId":{"type":"string"},)"
                R"("path":{"type":"string","maxLength":512}}})"),
    };
}

}  // namespace lifeline::app
