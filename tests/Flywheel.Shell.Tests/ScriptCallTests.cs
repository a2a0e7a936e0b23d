using Flywheel.Shell.Hosting;

namespace Flywheel.Shell.Tests;

public class ScriptCallTests
{
    [Fact]
    public void Names_stay_names_and_everything_else_is_a_literal() =>
        Assert.Equal("param($__script) & $__script -Name 'it''s $x; exit' -Fast -Deep:$false -Path:'a b' '-5' '--x'",
            ScriptCall.Text(["-Name", "it's $x; exit", "-Fast", "-Deep:$false", "-Path:a b", "-5", "--x"]));
}
