-- Names in brackets and backticks, types that stand at the name, keys in every position, defaults of
-- every kind, views and a trigger.
CREATE TABLE [Customers]
(      [CustomerID]INTEGER PRIMARY KEY AUTOINCREMENT,
       [Company Name] TEXT NOT NULL UNIQUE,
       [Phone]NVARCHAR(24),
       [Since] DATE NOT NULL DEFAULT (DATE('now')),
       [Rating] NUMERIC NOT NULL DEFAULT -1.5,
       [Note] TEXT DEFAULT "none",
       [Picture] BLOB DEFAULT x'00ff'
);
CREATE TABLE `Order Details` (
  `OrderID` INTEGER NOT NULL,
  `Line` INT NOT NULL DEFAULT (1),
  `Product` VARCHAR(40) COLLATE NOCASE NOT NULL,
  `Price` DECIMAL(10, 2) NOT NULL DEFAULT 0 CHECK ([Price] >= (0)),
  `Discount` REAL DEFAULT (0.0) CONSTRAINT "a discount" CHECK ("Discount" BETWEEN 0 AND 1),
  PRIMARY KEY ("OrderID","Line"),
  FOREIGN KEY ([OrderID]) REFERENCES Orders ([OrderID])
     ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE TABLE Orders (
  OrderID INTEGER NOT NULL,
  CustomerID INT REFERENCES Customers ON DELETE SET NULL,
  EmployeeID INT,
  State CHAR(1) NOT NULL DEFAULT 'N' CHECK (State IN ('N','P','X')),
  Shipped TIMESTAMP DEFAULT CURRENT_TIMESTAMP, Freight FLOAT, Paid BOOL NOT NULL DEFAULT 0,
  PRIMARY KEY (OrderID),
  CONSTRAINT placed_by FOREIGN KEY (EmployeeID) REFERENCES Employees (EmployeeID) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE Employees (
  EmployeeID INT PRIMARY KEY,
  Name TEXT NOT NULL,
  ReportsTo INT,
  Badge BLOB,
  CHECK (Name <> ''), UNIQUE (Name, ReportsTo),
  FOREIGN KEY (ReportsTo) REFERENCES Employees (EmployeeID)
);
CREATE TABLE Regions (Code TEXT PRIMARY KEY, Name TEXT);
CREATE UNIQUE INDEX IX_Late ON Orders (Shipped DESC, CustomerID) WHERE State = 'P' AND Freight > 0;
CREATE INDEX [IX Product] ON `Order Details` (Product COLLATE NOCASE, lower(Product));
CREATE VIEW [Late Orders] AS
SELECT O.OrderID, C."Company Name" AS [Company], coalesce(O.Freight, 0) AS Freight
FROM Orders AS O LEFT JOIN [Customers] C ON C.CustomerID = O.CustomerID -- every order; paid or not
WHERE O.State = 'P';
CREATE VIEW Totals AS SELECT "OrderID", sum(Price * (1 - Discount)) AS Total FROM `Order Details` GROUP BY 1;
CREATE TRIGGER customer_since AFTER INSERT ON Customers WHEN NEW.Since IS NULL BEGIN
  UPDATE Customers SET Since = DATE('now') WHERE CustomerID = NEW.CustomerID;
END;
