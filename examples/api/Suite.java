// Phones lose their trust, and get it back: a suite that plays with itlsim, in Java 17 with
// nothing else.
//
//     itlsim serve bulk-reset --mode virtual --api 127.0.0.1:0 --ready-file ready.json &
//     ITLSIM_READY=ready.json java Suite.java

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

class Suite {
    static final HttpClient client = HttpClient.newHttpClient();
    static String api, token, password;
    final String lab;

    /** A lab of its own, beside all others of the same itlsim. */
    Suite(String scenario) throws Exception {
        String wanted = "{\"mode\": \"virtual\", \"phones\": 200, \"name\": \"" + scenario + "\"}";
        lab = "/labs/" + text(ask("POST", "/labs", wanted), "id");
    }

    public static void main(String[] args) throws Exception {
        String ready = Files.readString(Path.of(System.getenv("ITLSIM_READY")));
        api = text(ready, "api");
        token = text(ready, "token");
        password = text(ready, "password");
        var suite = new Suite("both-certificates-at-once");
        try {
            suite.trustIsLostAndRegained();
            suite.mistakesAreToldAsInAFile();
        } finally {
            ask("DELETE", suite.lab, null);
        }
        System.out.println("passed");
    }

    void trustIsLostAndRegained() throws Exception {
        passes("\"phones: power on\"", "all phones are trusted");
        passes("\"phones: power off\", {\"on test10pub\": \"set cert regen CallManager\", \"answers\": [\"yes\"]},"
            + "\"wait: 6 minutes\", {\"on test10pub\": \"set cert regen TVS\", \"answers\": [\"yes\"]},"
            + "\"phones: power on\"", "all phones are untrusted");
        passes("{\"on test10pub\": \"utils itl reset localkey\", \"answers\": [\"" + password + "\"]},"
            + "\"phones: reset\"", "all phones are trusted");
    }

    void mistakesAreToldAsInAFile() throws Exception {
        String said = ask("POST", lab + "/acts", "{\"do\": [\"phones: powr off\"]}");
        holds(said.contains("did you mean \\\"power\\\"?"), said);
    }

    /** Acts, as they stand in JSON, and what is the case then. */
    void passes(String acts, String expected) throws Exception {
        String said = ask("POST", lab + "/acts", "{\"do\": [" + acts + "], \"expect\": [\"" + expected + "\"]}");
        holds(said.startsWith("{\"passed\":true"), said);
    }

    static String ask(String method, String path, String body) throws Exception {
        var said = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var request = HttpRequest.newBuilder(URI.create(api + path)).header("Authorization", "Bearer " + token)
            .method(method, said).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** A text of JSON by its key; with a library for JSON this goes without saying. */
    static String text(String json, String key) {
        var found = Pattern.compile("\"" + key + "\":\\s*\"([^\"]*)\"").matcher(json);
        holds(found.find(), json);
        return found.group(1);
    }

    static void holds(boolean so, String otherwise) {
        if (!so) {
            throw new AssertionError(otherwise);
        }
    }
}
