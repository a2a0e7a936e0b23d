namespace Flywheel.Catalogue;

/// <summary>Conditions of a query joined by "and", with their values bound in order.</summary>
sealed class SqlConditions
{
    readonly List<string> _conditions = [];
    readonly List<Action<Statement, int>> _binds = [];

    /// <summary>A condition without a value.</summary>
    public void Add(string condition) => _conditions.Add(condition);

    /// <summary>A condition on a value, which stands at <c>{0}</c>; none where the value is null.</summary>
    public void Add(string? value, string condition)
    {
        if (value is not null) Add(condition, (q, i) => q.Bind(i, value));
    }

    /// <inheritdoc cref="Add(string?, string)"/>
    public void Add(long? value, string condition)
    {
        if (value is { } some) Add(condition, (q, i) => q.Bind(i, some));
    }

    /// <inheritdoc cref="Add(string?, string)"/>
    public void Add(double? value, string condition)
    {
        if (value is { } some) Add(condition, (q, i) => q.Bind(i, some));
    }

    /// <summary>The place of a value, for a condition with several or a part of the statement before WHERE.</summary>
    public string Parameter(string value) => Parameter((q, i) => q.Bind(i, value));

    /// <inheritdoc cref="Parameter(string)"/>
    public string Parameter(long value) => Parameter((q, i) => q.Bind(i, value));

    /// <inheritdoc cref="Parameter(string)"/>
    public string Parameter(double value) => Parameter((q, i) => q.Bind(i, value));

    string Parameter(Action<Statement, int> bind)
    {
        _binds.Add(bind);
        return "?" + _binds.Count;
    }

    /// <summary>Conditions on columns of the table image, called i.</summary>
    public void AddProperties(IReadOnlyList<PropertyCondition> properties)
    {
        foreach (var condition in properties)
        {
            // Names and operators come from the lists of PropertyCondition, never from text.
            var column = PropertyCondition.KnownProperties.FirstOrDefault(p => p == condition.Property)
                ?? throw new FlywheelException("InvalidPropertyCondition", FaultCategory.InvalidArgument, $"'{condition.Property}' is not a property of an image.", condition.Property,
                    $"Properties: {string.Join(", ", PropertyCondition.KnownProperties)}.");
            var op = condition.Operator is "<" or "<=" or "=" or ">=" or ">" ? condition.Operator
                : throw new FlywheelException("InvalidPropertyCondition", FaultCategory.InvalidArgument, $"'{condition.Operator}' is not an operator.", condition.Operator, "Operators: <, <=, =, >=, >.");
            Add($"i.{column}{op}{{0}}", (q, i) => q.Bind(i, condition.Value));
        }
    }

    void Add(string condition, Action<Statement, int> bind)
    {
        _binds.Add(bind);
        _conditions.Add(condition.Replace("{0}", "?" + _binds.Count, StringComparison.Ordinal));
    }

    /// <summary>Binds the values.</summary>
    public void Bind(Statement statement)
    {
        for (var i = 0; i < _binds.Count; i++) _binds[i](statement, i + 1);
    }

    /// <summary>The text after WHERE.</summary>
    public override string ToString() => _conditions.Count == 0 ? "1" : string.Join(" AND ", _conditions);
}
