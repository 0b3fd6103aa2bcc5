import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Java's two HTTP clients as they are without a setting: HttpClient, which asks for HTTP/2 with each new connection
 * (`Connection: Upgrade, HTTP2-Settings`), and HttpURLConnection.
 *
 * <p>java Calls.java REQUESTS ROUNDS AT_ONCE WAY=HOST:PORT ...
 */
public class Calls {
  interface Caller {
    /** Why the call failed, or null. */
    String call(String address, String hook, byte[] body) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    int atOnce = Integer.parseInt(arguments[2]);
    TreeMap<String, byte[]> hooks = new TreeMap<>();
    try (var files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        hooks.put(file.getFileName().toString().replace(".json", ""), Files.readAllBytes(file));
      }
    }
    for (String client : List.of("java-httpclient", "java-urlconnection")) {
      for (String way : Arrays.copyOfRange(arguments, 3, arguments.length)) {
        String[] parts = way.split("=");
        for (int lanes : new int[] {1, atOnce}) {
          // A client of its own each time, so that each begins with connections of its own.
          HttpClient http = HttpClient.newHttpClient();
          Caller caller = client.equals("java-httpclient") ? (a, h, b) -> modern(http, a, h, b) : Calls::classic;
          List<String> failures = run(caller, parts[1], hooks, rounds, lanes);
          String manner = lanes == 1 ? "in-turn" : "parallel";
          System.out.println(client + " " + parts[0] + " " + manner + " " + rounds * hooks.size() + " " + failures.size());
          failures.stream().limit(3).forEach(why -> System.err.println(client + " " + parts[0] + " " + manner + " " + why));
        }
      }
    }
    System.exit(0);
  }

  static List<String> run(Caller caller, String address, TreeMap<String, byte[]> hooks, int rounds, int lanes) throws Exception {
    List<String> names = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      names.addAll(hooks.keySet());
    }
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      Thread thread = new Thread(() -> {
        for (int at = next.getAndIncrement(); at < names.size(); at = next.getAndIncrement()) {
          String hook = names.get(at);
          String why;
          try {
            why = caller.call(address, hook, hooks.get(hook));
          } catch (Exception error) {
            why = error.toString();
          }
          if (why != null) {
            failures.add(hook + ": " + why);
          }
        }
      });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return new ArrayList<>(failures);
  }

  static String modern(HttpClient http, String address, String hook, byte[] body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/webhook/" + hook))
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    return judge(answer.statusCode(), answer.body());
  }

  static String classic(String address, String hook, byte[] body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create("http://" + address + "/webhook/" + hook).toURL().openConnection();
    connection.setConnectTimeout(20_000);
    connection.setReadTimeout(20_000);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    connection.getOutputStream().write(body);
    int status = connection.getResponseCode();
    try (InputStream answer = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return judge(status, answer == null ? "" : new String(answer.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  static String judge(int status, String body) {
    boolean isObject = body.startsWith("{") && body.endsWith("}");
    return status == 200 && isObject ? null : "status " + status + ": " + body;
  }
}
